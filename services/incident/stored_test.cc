// SPDX-License-Identifier: Apache-2.0
//
// Whatever a request carries is stored: each text of it is found in the entry that it made.
#include <functional>
#include <string>
#include <vector>

#include "google/protobuf/message.h"
#include "huying/common/v1/limit.pb.h"
#include "huying/common/v1/privacy.pb.h"
#include "services/incident/testing/incident_bench.h"

namespace huying::incident {
namespace {

using common::v1::Limit;
using google::protobuf::FieldDescriptor;
using google::protobuf::Message;

// Free text: what a person writes, and no name or code that must fit something.
bool IsFreeText(const FieldDescriptor& field) {
  const auto kind = field.options().GetExtension(common::v1::limit).text();
  return field.type() == FieldDescriptor::TYPE_STRING &&
         (kind == Limit::TITLE || kind == Limit::LINE || kind == Limit::TEXT ||
          kind == Limit::LONG_TEXT);
}

// Visits each text field of the request and of the messages that are set in it.
void Visit(Message& message, const std::function<void(Message&, const FieldDescriptor&)>& visit) {
  const auto& reflection = *message.GetReflection();
  for (int i = 0; i < message.GetDescriptor()->field_count(); ++i) {
    const FieldDescriptor& field = *message.GetDescriptor()->field(i);
    if (field.type() == FieldDescriptor::TYPE_STRING) visit(message, field);
    if (field.cpp_type() != FieldDescriptor::CPPTYPE_MESSAGE) continue;
    if (field.is_repeated()) {
      for (int k = 0; k < reflection.FieldSize(message, &field); ++k) {
        Visit(*reflection.MutableRepeatedMessage(&message, &field, k), visit);
      }
    } else if (reflection.HasField(message, &field)) {
      Visit(*reflection.MutableMessage(&message, &field), visit);
    }
  }
}

class StoredTest : public IncidentBench {
 protected:
  // Fills each free text that is empty with a word of its own, acts, and finds every text in the entry.
  template <typename Request>
  Receipt Stores(IncidentService::Command (IncidentService::*use_case)(const context::CallContext&,
                                                                       const Request&),
                 Request request, std::string_view post) {
    Visit(request, [](Message& message, const FieldDescriptor& field) {
      const auto& reflection = *message.GetReflection();
      const std::string word = "〔" + field.full_name() + "〕";
      if (!IsFreeText(field)) return;
      if (field.is_repeated()) {
        reflection.AddString(&message, &field, word);
      } else if (reflection.GetString(message, &field).empty()) {
        reflection.SetString(&message, &field, word);
      }
    });
    const auto receipt = Do(use_case, request, post);
    EXPECT_TRUE(receipt.ok()) << Request::descriptor()->name() << ": " << receipt.status();
    const std::string entry = LastEntry().SerializeAsString();
    Visit(request, [&](Message& message, const FieldDescriptor& field) {
      // Personal data is sealed; a request's id is the entry's own.
      if (field.options().GetExtension(common::v1::privacy) >= common::v1::PERSONAL) return;
      const auto& reflection = *message.GetReflection();
      const int count = field.is_repeated() ? reflection.FieldSize(message, &field) : 1;
      for (int i = 0; i < count; ++i) {
        const std::string text = field.is_repeated()
                                     ? reflection.GetRepeatedString(message, &field, i)
                                     : reflection.GetString(message, &field);
        EXPECT_TRUE(entry.find(text) != std::string::npos)
            << field.full_name() << " is in no record and no flag of its entry: " << text;
      }
    });
    return receipt.value_or(Receipt());
  }
  template <typename Request>
  static Request Named(const std::string& name) {
    Request request;
    request.set_name(name);
    return request;
  }
};

TEST_F(StoredTest, WhatIsSaidOfAnIncidentFromIntakeToEnd) {
  v1::TakeIntakeRequest intake;
  intake.set_title("新兴煤矿瓦斯爆炸");
  intake.set_area("230407001001");
  intake.set_event_class(v1::ACCIDENT);
  intake.mutable_figures()->set_missing(139);
  intake.mutable_reporter()->set_source("矿调度室");
  const std::string name = Stores(&IncidentService::TakeIntake, intake, "posts/pingan-duty").name();
  Stores(&IncidentService::TakeOver, Named<v1::TakeOverRequest>(name), "posts/district-duty");
  auto confirm = Named<v1::ConfirmIncidentRequest>(name);
  confirm.set_lead_department("units/emergency");
  Stores(&IncidentService::ConfirmIncident, confirm, "posts/district-duty");
  Stores(&IncidentService::StartFirstHandling, Named<v1::StartFirstHandlingRequest>(name),
         "posts/pingan-duty");
  auto figures = Named<v1::RecordFiguresRequest>(name);
  figures.mutable_figures()->set_missing(138);
  Stores(&IncidentService::RecordFigures, figures, "posts/district-duty");
  Stores(&IncidentService::MarkControlled, Named<v1::MarkControlledRequest>(name),
         "posts/commander");
  Stores(&IncidentService::Relapse, Named<v1::RelapseRequest>(name), "posts/commander");
  Stores(&IncidentService::MarkControlled, Named<v1::MarkControlledRequest>(name),
         "posts/commander");
  Stores(&IncidentService::EndIncident, Named<v1::EndIncidentRequest>(name), "posts/commander");
}

TEST_F(StoredTest, BothPersonsReasonsThatAnIncidentIsNotTrue) {
  const std::string name = TakeIn(0);
  ASSERT_TRUE(
      Do(&IncidentService::TakeOver, Named<v1::TakeOverRequest>(name), "posts/district-duty").ok());
  auto reject = Named<v1::RejectIncidentRequest>(name);
  reject.set_second_person("posts/emergency-duty");
  reject.set_reason("一键报警误触");
  Stores(&IncidentService::RejectIncident, reject, "posts/district-duty");
  reject.clear_second_person();
  reject.set_reason("已到现场，没有火情");
  Stores(&IncidentService::RejectIncident, reject, "posts/emergency-duty");
  EXPECT_EQ(Incident(name).close_reason(), "一键报警误触");
  EXPECT_EQ(Incident(name).second_reason(), "已到现场，没有火情");
}

TEST_F(StoredTest, WhatIsSaidOfAResponse) {
  const std::string incident = Confirmed();
  v1::ProposeResponseRequest propose;
  propose.set_incident(incident);
  propose.set_plan("plans/mine-accident");
  propose.set_level(1);
  const std::string declined =
      Stores(&IncidentService::ProposeResponse, propose, "posts/district-duty").name();
  Stores(&IncidentService::DeclineResponse, Named<v1::DeclineResponseRequest>(declined),
         "posts/commander");
  const std::string response = Activated(incident);
  auto hand_over = Named<v1::HandOverResponseRequest>(response);
  hand_over.set_body("鹤岗市政府");
  hand_over.set_commander("副市长");
  Stores(&IncidentService::HandOverResponse, hand_over, "posts/commander");
  Stores(&IncidentService::EndResponse, Named<v1::EndResponseRequest>(response), "posts/commander");
}

}  // namespace
}  // namespace huying::incident
