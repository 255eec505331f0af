#include "exporters/notify/store.h"

#include <gtest/gtest.h>

#include <optional>
#include <stdexcept>

#include "tests/unit/temp_folder.h"

namespace ecsward::notify {
namespace {

using Rows = std::vector<std::int64_t>;

NotifiedAlert Alert(const std::string& name, std::int64_t ends_at_ms = 0) {
  NotifiedAlert alert;
  alert.labels = {{"alertname", name}};
  alert.starts_at_ms = 1'000;
  alert.ends_at_ms = ends_at_ms;
  return alert;
}

Letter LetterTo(const std::string& channel, const std::string& name) {
  Letter letter;
  letter.channel = channel;
  letter.alerts = 1;
  letter.committed_at_ms = 5'000;
  letter.notification.id = "id-" + name;
  letter.notification.receiver = "ops";
  letter.notification.groups = {{"{}:" + name, {{"alertname", name}}, {Alert(name)}, 4'000}};
  return letter;
}

class NotifyStoreTest : public testing::Test {
 protected:
  NotifyStoreTest() { Reopen(); }
  void Reopen() {
    store_.reset();
    auto opened = NotifyStore::Open(path_);
    if (!opened) throw std::runtime_error(opened.error().message);
    store_.emplace(std::move(*opened));
  }
  NotifyStore::Saved Load() {
    Reopen();
    auto saved = store_->Load();
    EXPECT_TRUE(saved) << saved.error().message;
    return saved ? std::move(*saved) : NotifyStore::Saved();
  }
  // Their rows.
  Rows Commit(std::vector<Letter> letters) {
    EXPECT_TRUE(store_->Commit(letters, {}, {}));
    Rows rows;
    for (const Letter& letter : letters) rows.push_back(letter.row);
    return rows;
  }
  std::vector<std::string> ChannelsInOrder() {
    std::vector<std::string> list;
    for (const Letter& letter : Load().letters) {
      list.push_back(letter.channel + " " + letter.notification.id);
    }
    return list;
  }

  TempFolder folder_;
  const std::string path_ = folder_.path() / "notify.db";
  std::optional<NotifyStore> store_;
};

TEST_F(NotifyStoreTest, AnAlertIsKeptOnceAsItWasLast) {
  ASSERT_TRUE(store_->SaveAlerts(std::vector{Alert("a"), Alert("b")}));
  ASSERT_TRUE(store_->SaveAlerts(std::vector{Alert("a", 9'000)}));
  auto saved = Load();
  ASSERT_EQ(saved.alerts.size(), 2u);
  std::int64_t ends = 0;
  for (const NotifiedAlert& alert : saved.alerts) ends += alert.ends_at_ms;
  EXPECT_EQ(ends, 9'000);
  ASSERT_TRUE(store_->Commit({}, {}, std::vector{Fingerprint(Alert("a").labels)}));
  saved = Load();
  ASSERT_EQ(saved.alerts.size(), 1u);
  EXPECT_EQ(Get(saved.alerts[0].labels, "alertname"), "b");
}

TEST_F(NotifyStoreTest, WhatWasToldComesBack) {
  const ToldEntry entry{{1, ~std::uint64_t{0}}, {7}, 4'000};
  using Told = std::vector<std::pair<std::string, ToldEntry>>;
  ASSERT_TRUE(store_->Commit({}, Told{{"ops/x[0]\n{}:{}", {{5}, {}, 1}}}, {}));
  ASSERT_TRUE(store_->Commit({}, Told{{"ops/x[0]\n{}:{}", entry}}, {}));
  const auto saved = Load();
  ASSERT_EQ(saved.told.size(), 1u);
  EXPECT_EQ(saved.told[0].first, "ops/x[0]\n{}:{}");
  EXPECT_EQ(saved.told[0].second.firing, entry.firing);
  EXPECT_EQ(saved.told[0].second.resolved, entry.resolved);
  EXPECT_EQ(saved.told[0].second.at_ms, 4'000);
}

TEST_F(NotifyStoreTest, LettersKeepTheirOrderAndAreReadWholeWhenAskedFor) {
  const Rows rows =
      Commit({LetterTo("ops/x[0]", "a"), LetterTo("ops/y[0]", "a"), LetterTo("ops/x[0]", "b")});
  EXPECT_EQ(ChannelsInOrder(),
            (std::vector<std::string>{"ops/x[0] id-a", "ops/y[0] id-a", "ops/x[0] id-b"}));
  EXPECT_TRUE(Load().letters[0].notification.groups.empty());
  const auto whole = store_->ReadLetters(Rows{rows[2], 99, rows[0]});
  ASSERT_TRUE(whole) << whole.error().message;
  ASSERT_EQ(whole->size(), 2u);
  EXPECT_EQ((*whole)[0].notification.groups.at(0).group_key, "{}:b");
  EXPECT_EQ((*whole)[1].notification.groups.at(0).alerts.at(0).starts_at_ms, 1'000);
  EXPECT_EQ((*whole)[1].committed_at_ms, 5'000);
  EXPECT_EQ((*whole)[1].notification.receiver, "ops");
}

TEST_F(NotifyStoreTest, ARowNeverComesBackWithAnotherLetter) {
  const Rows first = Commit({LetterTo("x", "a")});
  ASSERT_TRUE(store_->Delivered(first, "x", {}));
  Reopen();
  EXPECT_GT(Commit({LetterTo("x", "b")})[0], first[0]);
}

TEST_F(NotifyStoreTest, KeepsTheKindOfANotice) {
  Letter drill = LetterTo("x", "a");
  drill.notification.kind = NoticeKind::kDrill;
  const Rows rows = Commit({drill});
  EXPECT_EQ(Load().letters[0].notification.kind, NoticeKind::kDrill);
  EXPECT_EQ(store_->ReadLetters(rows)->at(0).notification.kind, NoticeKind::kDrill);
}

TEST_F(NotifyStoreTest, WhatWasDeliveredGoesAndWhatWasSpentStays) {
  const Rows rows = Commit({LetterTo("x", "a"), LetterTo("x", "b"), LetterTo("x", "c")});
  const Spent spent{"2026-11-28", "2026-11", 3, 40, true, false, {10, 20}};
  ASSERT_TRUE(store_->Delivered(Rows{rows[0], rows[1]}, "x", spent));
  const auto saved = Load();
  ASSERT_EQ(saved.letters.size(), 1u);
  EXPECT_EQ(saved.letters[0].row, rows[2]);
  ASSERT_EQ(saved.spent.size(), 1u);
  EXPECT_EQ(saved.spent[0].first, "x");
  const Spent& back = saved.spent[0].second;
  EXPECT_EQ(back.day, "2026-11-28");
  EXPECT_EQ(back.month, "2026-11");
  EXPECT_EQ(back.in_day, 3);
  EXPECT_EQ(back.in_month, 40);
  EXPECT_TRUE(back.warned_day);
  EXPECT_FALSE(back.warned_month);
  EXPECT_EQ(back.recent_ms, (Rows{10, 20}));
}

TEST_F(NotifyStoreTest, BeforeAnAttemptItIsSpentAndMayBeThere) {
  const Rows rows = Commit({LetterTo("x", "a"), LetterTo("x", "b")});
  ASSERT_TRUE(store_->Attempting(Rows{rows[0]}, "x", {"2026-11-28", "2026-11", 1, 1}));
  auto saved = Load();
  EXPECT_TRUE(saved.letters[0].may_be_there);
  EXPECT_FALSE(saved.letters[1].may_be_there);
  EXPECT_EQ(saved.spent[0].second.in_day, 1);
  Letter failed = saved.letters[0];
  failed.may_be_there = false;
  failed.attempts = 4;
  failed.first_failed_at_ms = 6'000;
  failed.next_try_at_ms = 7'000;
  failed.last_problem = "connection refused";
  ASSERT_TRUE(store_->Failed(std::vector{failed}, "x", {"2026-11-28", "2026-11", 0, 0}));
  saved = Load();
  EXPECT_FALSE(saved.letters[0].may_be_there);
  EXPECT_EQ(saved.letters[0].attempts, 4);
  EXPECT_EQ(saved.letters[0].first_failed_at_ms, 6'000);
  EXPECT_EQ(saved.letters[0].next_try_at_ms, 7'000);
  EXPECT_EQ(saved.letters[0].last_problem, "connection refused");
  EXPECT_EQ(saved.spent[0].second.in_day, 0);
}

TEST_F(NotifyStoreTest, ToTheFallbackTheyGoInOrderToAllOfItsChannels) {
  Letter failed = LetterTo("ops/x[0]", "a");
  failed.attempts = 5;
  failed.may_be_there = true;
  const Rows rows = Commit({failed, LetterTo("ops/x[0]", "b"), LetterTo("ops/x[0]", "c")});
  const std::vector<std::string> channels{"oncall/sms[0]", "oncall/voice[0]"};
  const auto made = store_->Redirect(Rows{rows[0], rows[1]}, channels, 8'000);
  ASSERT_TRUE(made) << made.error().message;
  EXPECT_EQ(made->size(), 4u);
  EXPECT_EQ(ChannelsInOrder(),
            (std::vector<std::string>{"ops/x[0] id-c", "oncall/sms[0] id-a", "oncall/voice[0] id-a",
                                      "oncall/sms[0] id-b", "oncall/voice[0] id-b"}));
  const Letter moved = store_->ReadLetters(Rows{(*made)[0]})->at(0);
  EXPECT_EQ(moved.came_from, "ops/x[0]");
  EXPECT_EQ(moved.committed_at_ms, 8'000);
  EXPECT_EQ(moved.attempts, 0);
  EXPECT_FALSE(moved.may_be_there);
  EXPECT_EQ(moved.notification.groups.at(0).group_key, "{}:a");
  const auto again = store_->Redirect(Rows{(*made)[0]}, std::vector<std::string>{"z"}, 9'000);
  EXPECT_EQ(store_->ReadLetters(*again)->at(0).came_from, "ops/x[0]\noncall/sms[0]");
}

TEST_F(NotifyStoreTest, AGroupOfManyAlertsIsKeptInPartsThatItsCopiesShare) {
  Letter big = LetterTo("x", "big");
  std::vector<NotifiedAlert>& alerts = big.notification.groups[0].alerts;
  for (int i = 1; i < 250; ++i) alerts.push_back(Alert("big" + std::to_string(i)));
  big.alerts = 250;
  const Rows rows = Commit({big, LetterTo("x", "small")});
  const auto names = [this](std::int64_t row) {
    std::vector<std::string> list;
    const auto read = store_->ReadLetters(Rows{row});
    if (!read || read->empty()) return list;
    for (const NotifiedAlert& alert : read->front().notification.groups.at(0).alerts) {
      list.emplace_back(Get(alert.labels, "alertname"));
    }
    return list;
  };
  const auto parts = [this] { return *Sqlite::Open(path_)->Number("SELECT count(*) FROM parts"); };
  const std::vector<std::string> all = names(rows[0]);
  ASSERT_EQ(all.size(), 250u);
  EXPECT_EQ(all[0], "big");
  EXPECT_EQ(all[100], "big100");
  EXPECT_EQ(all[249], "big249");
  EXPECT_EQ(names(rows[1]).size(), 1u);
  EXPECT_EQ(parts(), 2);
  const auto moved = store_->Redirect(Rows{rows[0]}, std::vector<std::string>{"y", "z"}, 1);
  ASSERT_TRUE(moved);
  EXPECT_EQ(names((*moved)[0]), all);
  EXPECT_EQ(names((*moved)[1]), all);
  EXPECT_EQ(parts(), 2);
  ASSERT_TRUE(store_->Delivered(Rows{(*moved)[0]}, "y", {}));
  EXPECT_EQ(names((*moved)[1]), all);
  EXPECT_EQ(store_->FirstLetters(9)->back().alerts, 250u);
  EXPECT_EQ(store_->FirstLetters(9)->back().notification.groups.at(0).alerts.size(), 1u);
  ASSERT_TRUE(store_->Bury(Rows{(*moved)[1]}, "", 5));
  EXPECT_EQ(store_->DeadLetters(1)->at(0).letter.alerts, 250u);
  EXPECT_EQ(parts(), 2);
  ASSERT_TRUE(store_->ForgetOld(std::int64_t{1} << 42));
  EXPECT_EQ(parts(), 0) << "they go with the last who named them";
}

TEST_F(NotifyStoreTest, DeadLettersSayWhy) {
  const Rows rows = Commit({LetterTo("x", "a"), LetterTo("x", "b")});
  ASSERT_TRUE(store_->Bury(Rows{rows[0]}, "refused: no such robot", 8'000));
  ASSERT_TRUE(store_->Bury(Rows{rows[1]}, "too old", 9'000));
  const auto saved = Load();
  EXPECT_TRUE(saved.letters.empty());
  EXPECT_EQ(saved.dead_letters, 2u);
  const auto dead = store_->DeadLetters(1);
  ASSERT_TRUE(dead) << dead.error().message;
  ASSERT_EQ(dead->size(), 1u);
  EXPECT_EQ((*dead)[0].letter.notification.id, "id-b");
  EXPECT_EQ((*dead)[0].died_at_ms, 9'000);
  EXPECT_EQ((*dead)[0].why, "too old");
}

TEST_F(NotifyStoreTest, ForgetsWhatNobodyNeeds) {
  const std::int64_t now = 1'795'831'200'000, hour = 3'600'000;
  Silence silence;
  silence.matchers.push_back(*LabelMatcher::Make(MatchType::kEqual, "team", "web"));
  silence.created_by = "wang";
  silence.comment = "x";
  silence.id = "old";
  silence.ends_at_ms = now - 24 * 5 * hour - 1;
  ASSERT_TRUE(store_->PutSilence(silence));
  silence.id = "ended";
  silence.ends_at_ms = now - 24 * 5 * hour + 1;
  ASSERT_TRUE(store_->PutSilence(silence));
  using Told = std::vector<std::pair<std::string, ToldEntry>>;
  ASSERT_TRUE(store_->Commit({}, Told{{"old", {{}, {}, now - 24 * 14 * hour - 1}}}, {}));
  ASSERT_TRUE(store_->Commit({}, Told{{"new", {{}, {}, now - 24 * 14 * hour + 1}}}, {}));
  const Rows rows = Commit({LetterTo("x", "a"), LetterTo("x", "b")});
  ASSERT_TRUE(store_->Bury(Rows{rows[0]}, "", now - 24 * 30 * hour - 1));
  ASSERT_TRUE(store_->Bury(Rows{rows[1]}, "", now - 24 * 30 * hour + 1));
  ASSERT_TRUE(store_->ForgetOld(now));
  const auto saved = Load();
  EXPECT_EQ(saved.dead_letters, 1u);
  ASSERT_EQ(saved.told.size(), 1u);
  EXPECT_EQ(saved.told[0].first, "new");
  ASSERT_EQ(saved.silences.size(), 1u);
  EXPECT_EQ(saved.silences[0].id, "ended");
}

TEST_F(NotifyStoreTest, ASilenceIsReplacedByItsId) {
  Silence silence;
  silence.id = "s-1";
  silence.matchers.push_back(*LabelMatcher::Make(MatchType::kEqual, "team", "web"));
  silence.starts_at_ms = 1'000;
  silence.ends_at_ms = 9'000;
  silence.created_by = "wang";
  silence.comment = "维护";
  ASSERT_TRUE(store_->PutSilence(silence));
  silence.ends_at_ms = 5'000;
  ASSERT_TRUE(store_->PutSilence(silence));
  const auto saved = Load();
  ASSERT_EQ(saved.silences.size(), 1u);
  EXPECT_EQ(saved.silences[0].ends_at_ms, 5'000);
  EXPECT_EQ(saved.silences[0].comment, "维护");
}

TEST_F(NotifyStoreTest, ALetterThatCannotBeReadIsLeftOut) {
  const Rows rows = Commit({LetterTo("x", "a"), LetterTo("x", "b")});
  store_.reset();
  ASSERT_TRUE(Sqlite::Open(path_)->Run("UPDATE letters SET notification = '[' WHERE row = 1"));
  Reopen();
  const auto read = store_->ReadLetters(rows);
  ASSERT_TRUE(read);
  ASSERT_EQ(read->size(), 1u);
  EXPECT_EQ((*read)[0].row, rows[1]);
}

TEST_F(NotifyStoreTest, StateDbIsAnotherKindOfFile) {
  store_.reset();
  ASSERT_TRUE(Sqlite::Open(path_)->Run("PRAGMA application_id = 0x65637377"));
  EXPECT_EQ(NotifyStore::Open(path_).error().code, ErrorCode::kParse);
}

}  // namespace
}  // namespace ecsward::notify
