// SPDX-License-Identifier: Apache-2.0
#include "services/platform/rpc/stream_queue.h"

#include <memory>
#include <string>
#include <vector>

#include "gtest/gtest.h"
#include "services/platform/rpc/testing/toy.pb.h"

namespace huying::rpc {
namespace {

using rpctest::v1::WatchEvent;

WatchEvent Event(int64_t seq, size_t bytes = 0) {
  WatchEvent event;
  event.set_seq(seq);
  event.set_padding(std::string(bytes, 'p'));
  return event;
}

class StreamQueueTest : public ::testing::Test {
 protected:
  StreamQueueTest() {
    queue_.SetWake([this] { ++wakes_; });
  }
  int64_t NextSeq() {
    WatchEvent event;
    const auto bytes = queue_.Next();
    return bytes && event.ParseFromString(*bytes) ? event.seq() : -1;
  }
  void RunLater() {
    for (auto& task : std::exchange(later_, {})) task();
  }

  std::vector<std::function<void()>> later_;
  int wakes_ = 0;
  StreamQueue queue_{{.events_max = 3, .bytes_max = 1000},
                     {.run_later = [this](std::function<void()> f) { later_.push_back(f); }}};
};

TEST_F(StreamQueueTest, EventsComeOutInOrder) {
  EXPECT_TRUE(queue_.Send(Event(1)));
  EXPECT_TRUE(queue_.Send(Event(2)));
  EXPECT_EQ(queue_.queued(), 2);
  EXPECT_EQ(NextSeq(), 1);
  EXPECT_EQ(NextSeq(), 2);
  EXPECT_EQ(NextSeq(), -1);
  EXPECT_EQ(queue_.sent(), 2);
}

TEST_F(StreamQueueTest, TheTransportIsWokenOnlyWhenItFoundNothing) {
  queue_.Send(Event(1));
  queue_.Send(Event(2));
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(NextSeq(), 1);
  queue_.Send(Event(3));
  EXPECT_EQ(wakes_, 1);  // it will look again by itself
  EXPECT_EQ(NextSeq(), 2);
  EXPECT_EQ(NextSeq(), 3);
  EXPECT_EQ(NextSeq(), -1);
  queue_.Send(Event(4));
  EXPECT_EQ(wakes_, 2);
}

TEST_F(StreamQueueTest, AFullQueueTakesNoMoreButStaysOpen) {
  for (int i = 1; i <= 3; ++i) EXPECT_TRUE(queue_.Send(Event(i)));
  EXPECT_FALSE(queue_.Send(Event(4)));
  EXPECT_FALSE(queue_.closed());
  EXPECT_EQ(NextSeq(), 1);
  EXPECT_TRUE(queue_.Send(Event(5)));
}

TEST_F(StreamQueueTest, BytesAreBoundedToo) {
  EXPECT_TRUE(queue_.Send(Event(1, 600)));
  EXPECT_FALSE(queue_.Send(Event(2, 600)));
  EXPECT_EQ(NextSeq(), 1);
  EXPECT_TRUE(queue_.Send(Event(3, 5000)));  // alone, whatever its size
}

TEST_F(StreamQueueTest, CloseComesAfterWhatIsQueuedAndTheFirstOneCounts) {
  queue_.Send(Event(1));
  queue_.Close(absl::AbortedError("first"));
  queue_.Close(absl::OkStatus());
  EXPECT_FALSE(queue_.Send(Event(2)));
  EXPECT_FALSE(queue_.Outcome().has_value());
  EXPECT_EQ(NextSeq(), 1);
  ASSERT_TRUE(queue_.Outcome().has_value());
  EXPECT_EQ(queue_.Outcome()->message(), "first");
}

TEST_F(StreamQueueTest, CloseWakesAnIdleTransport) {
  EXPECT_EQ(NextSeq(), -1);
  queue_.Close(absl::OkStatus());
  EXPECT_EQ(wakes_, 1);
}

TEST_F(StreamQueueTest, EndDropsTheRestAndWakesNobody) {
  queue_.Send(Event(1));
  queue_.End(absl::CancelledError("gone"));
  EXPECT_TRUE(queue_.closed());
  EXPECT_EQ(NextSeq(), -1);
  EXPECT_FALSE(queue_.Send(Event(2)));
  EXPECT_EQ(wakes_, 1);
  EXPECT_EQ(queue_.end_status().message(), "gone");
}

TEST_F(StreamQueueTest, OnClosedRunsOnceLaterNeverInsideTheCloser) {
  int runs = 0;
  queue_.OnClosed([&] { ++runs; });
  queue_.Close(absl::OkStatus());
  EXPECT_EQ(runs, 0);
  RunLater();
  queue_.End(absl::CancelledError("gone"));
  RunLater();
  EXPECT_EQ(runs, 1);
  queue_.OnClosed([&] { runs += 10; });  // over already: at once
  EXPECT_EQ(runs, 11);
}

}  // namespace
}  // namespace huying::rpc
