// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <ostream>
#include <set>
#include <string>

#include "clients/cli/say.h"
#include "clients/cli/shown.h"
#include "huying/alert/v1/alert_service.pb.h"
#include "huying/common/v1/common.pb.h"
#include "huying/common/v1/inbox.pb.h"

// What `huying watch` prints, and when it rings. Every line says its time and what it is about.
//
//   WatchScreen screen(say, std::cout, {.posts = {"posts/guoan-deputy"}, .mark = "【演练】"});
//   screen.Show(event);   // of AlertService/Subscribe or of an inbox
//
// Not thread-safe.
namespace huying::cli {

class WatchScreen {
 public:
  struct Reader {
    std::set<std::string> posts;  // the own one and the one acted for
    std::string mark;             // of the realm; empty in live
  };
  WatchScreen(const Say& say, std::ostream& out, Reader reader)
      : say_(say), out_(out), reader_(std::move(reader)) {}

  void Show(const alert::v1::SubscribeEvent& event);
  void Show(const common::v1::InboxEvent& event);
  // Something about the connection itself.
  void Note(const std::string& text);

 private:
  void ShowAlert(const char* sign, const alert::v1::Alert& alert, bool ring);
  void ShowRecipient(const alert::v1::Recipient& recipient);
  void ShowStep(const alert::v1::Escalation& step);
  void ShowObligation(const common::v1::Obligation& obligation);
  // "2026-11-28 10:05:00 【实战】", with a bell before it when it rings.
  std::string Head(const google::protobuf::Timestamp& at, bool ring) const;
  std::string TitleOfAlert(const std::string& name) const;

  const Say& say_;
  std::ostream& out_;
  const Reader reader_;
  AreaNames names_;
  std::map<std::string, std::string> titles_;  // of alerts
};

}  // namespace huying::cli
