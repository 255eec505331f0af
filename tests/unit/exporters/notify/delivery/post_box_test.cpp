#include "exporters/notify/delivery/post_box.h"

#include <gtest/gtest.h>

#include <thread>

namespace ecsward::notify {
namespace {

PostBox::Maker Alert(const std::string& name, std::int64_t ends_at_ms = 0, double value = 0) {
  return [=] {
    NotifiedAlert alert;
    alert.labels = {{"alertname", name}};
    alert.ends_at_ms = ends_at_ms;
    alert.value = value;
    return alert;
  };
}

class PostBoxTest : public testing::Test {
 protected:
  std::vector<std::string> Take(std::size_t limit = 100) {
    std::vector<std::string> words;
    for (const PostBox::Change& change : box_.Take(limit)) {
      words.push_back(std::string(Get(change.alert.labels, "alertname")) +
                      (change.alert.ends_at_ms == 0 ? " fires" : " ends") +
                      (change.refresh ? " on" : ""));
    }
    return words;
  }
  using Words = std::vector<std::string>;
  int woken_ = 0;
  PostBox box_{[this] { ++woken_; }};
};

TEST_F(PostBoxTest, GivesAlertsInTheOrderInWhichTheyCame) {
  EXPECT_TRUE(box_.empty());
  for (const char* name : {"a", "b", "c"}) EXPECT_TRUE(box_.Post(Alert(name)));
  EXPECT_FALSE(box_.empty());
  EXPECT_EQ(Take(2), (Words{"a fires", "b fires"}));
  EXPECT_FALSE(box_.empty());
  EXPECT_EQ(Take(2), Words{"c fires"});
  EXPECT_TRUE(box_.empty());
}

TEST_F(PostBoxTest, WakesOnceAsLongAsNobodyComes) {
  for (const char* name : {"a", "b", "c"}) box_.Post(Alert(name));
  EXPECT_EQ(woken_, 1);
  Take();
  box_.Post(Alert("a"));
  EXPECT_EQ(woken_, 2);
  box_.PostPicture({});
  EXPECT_EQ(woken_, 3);
}

TEST_F(PostBoxTest, OfOneAlertInOneStateTheLastPostStands) {
  box_.Post(Alert("a", 0, 1));
  box_.Post(Alert("a", 0, 2));
  const auto taken = box_.Take(10);
  ASSERT_EQ(taken.size(), 1u);
  EXPECT_EQ(taken[0].alert.value, 2);
}

TEST_F(PostBoxTest, FiringAndResolvedAreTwoChangesInOrder) {
  box_.Post(Alert("a"));
  box_.Post(Alert("a", 5));
  box_.Post(Alert("b"));
  box_.Post(Alert("a"));
  EXPECT_EQ(Take(), (Words{"a fires", "b fires"}));
  EXPECT_EQ(Take(), Words{"a ends"});
  EXPECT_EQ(Take(), Words{"a fires"});
  EXPECT_EQ(Take(), Words{});
}

TEST_F(PostBoxTest, OfOneThatFlapsTheFirstAndTheLastAreKept) {
  for (int i = 0; i < 10; ++i) {
    box_.Post(Alert("a", 0, i));
    box_.Post(Alert("a", 5, i));
  }
  Words all;
  double last = 0;
  for (auto taken = box_.Take(100); !taken.empty(); taken = box_.Take(100)) {
    if (all.empty()) {
      EXPECT_EQ(taken[0].alert.value, 0);
    }
    last = taken[0].alert.value;
    all.emplace_back(taken[0].alert.ends_at_ms == 0 ? "fires" : "ends");
  }
  EXPECT_EQ(all, (Words{"fires", "ends", "fires", "ends"}));
  EXPECT_EQ(last, 9);
}

TEST_F(PostBoxTest, ARefreshDoesNotHideAChange) {
  box_.Post(Alert("a"));
  box_.Refresh(Alert("a"));
  box_.Refresh(Alert("b"));
  EXPECT_EQ(Take(), (Words{"a fires", "b fires on"}));
}

TEST_F(PostBoxTest, APictureComesAfterWhatWasPostedBefore) {
  box_.Post(Alert("a"));
  box_.Post(Alert("a", 5));
  box_.PostPicture({7});
  box_.PostPicture({8});
  EXPECT_FALSE(box_.TakePicture());
  Take();
  EXPECT_FALSE(box_.TakePicture());
  Take();
  EXPECT_EQ(box_.TakePicture(), std::vector<std::uint64_t>{8});
  EXPECT_FALSE(box_.TakePicture());
  EXPECT_TRUE(box_.empty());
}

TEST_F(PostBoxTest, IsBoundedAndRefreshesAreTheFirstToGo) {
  for (std::size_t i = 0; i < PostBox::kMaxRefreshes; ++i) ASSERT_TRUE(box_.Post(Alert("a")));
  EXPECT_FALSE(box_.Refresh(Alert("a")));
  for (std::size_t i = PostBox::kMaxRefreshes; i < PostBox::kMaxPosted; ++i) {
    ASSERT_TRUE(box_.Post(Alert("a")));
  }
  EXPECT_FALSE(box_.Post(Alert("a")));
}

TEST_F(PostBoxTest, ManyMayPostWhileOneTakes) {
  PostBox box([] {});
  std::vector<std::thread> posters;
  for (int poster = 0; poster < 3; ++poster) {
    posters.emplace_back([&box, poster] {
      for (int i = 0; i < 500; ++i) {
        box.Post(Alert(std::to_string(poster) + "/" + std::to_string(i)));
      }
    });
  }
  std::size_t taken = 0;
  while (taken < 1'500) taken += box.Take(64).size();
  for (std::thread& poster : posters) poster.join();
  EXPECT_TRUE(box.empty());
}

}  // namespace
}  // namespace ecsward::notify
