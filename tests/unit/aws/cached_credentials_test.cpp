// When credentials are fetched again, and by how many threads.
#include <gtest/gtest.h>

#include <atomic>
#include <latch>
#include <set>
#include <thread>

#include "aws/credentials/provider.h"
#include "aws/error.h"
#include "aws/session_parts.h"
#include "support/aws_session.h"
#include "support/fake_identity_services.h"
#include "support/thrown.h"

namespace asiaq::aws::credentials {
namespace {

using namespace std::chrono_literals;

// Gives the keys 1, 2, 3 … for an hour each, as a test tells it to.
class Source final : public Provider {
 public:
  explicit Source(Clock& clock) : clock_(clock) {}

  std::optional<Credentials> fetch() override {
    const int number = ++fetches;
    if (before_answer) before_answer();
    if (broken) throw CredentialsError("broken");
    if (empty) return std::nullopt;
    Credentials credentials{.keys = {std::to_string(number), "s", ""},
                            .expires = std::nullopt,
                            .source = "a test",
                            .stored_in = {}};
    if (life) credentials.expires = clock_.now() + *life;
    return credentials;
  }

  std::atomic<int> fetches = 0;
  std::function<void()> before_answer;
  std::atomic<bool> broken = false;
  bool empty = false;
  std::optional<Timestamp::duration> life = 1h;

 private:
  Clock& clock_;
};

class CachedCredentials : public testing::Test {
 protected:
  std::string key() { return cached.get().keys.access_key_id; }

  FakeClock clock;
  std::shared_ptr<Source> source = std::make_shared<Source>(clock);
  Cached cached{{source}, clock};
};

TEST_F(CachedCredentials, AreKeptUntilFiveMinutesBeforeTheyExpire) {
  EXPECT_EQ(key(), "1");
  clock.sleep_for(54min);
  EXPECT_EQ(key(), "1");
  clock.sleep_for(1min);
  EXPECT_EQ(key(), "2");
}

TEST_F(CachedCredentials, ThatNeverExpireAreFetchedOnce) {
  source->life = std::nullopt;
  EXPECT_EQ(key(), "1");
  clock.sleep_for(1000h);
  EXPECT_EQ(key(), "1");
}

TEST_F(CachedCredentials, OfAFailingSourceServeUntilTheyExpire) {
  key();
  source->broken = true;
  clock.sleep_for(59min);
  EXPECT_EQ(key(), "1");
  clock.sleep_for(1min);
  EXPECT_EQ(test::thrown_by([&] { key(); }), "Credentials: broken");
}

TEST_F(CachedCredentials, OfAFailingSourceAreAskedForEveryHalfMinute) {
  key();
  source->broken = true;
  clock.sleep_for(55min);
  for (int i = 0; i < 10; ++i) key();
  EXPECT_EQ(source->fetches, 2);
  clock.sleep_for(30s);
  key();
  EXPECT_EQ(source->fetches, 3);
}

TEST_F(CachedCredentials, OfAShortLifeAreNotFetchedAtEachCall) {
  source->life = 2min;
  EXPECT_EQ(key(), "1");
  EXPECT_EQ(key(), "1");
  clock.sleep_for(30s);
  EXPECT_EQ(key(), "2");
}

TEST_F(CachedCredentials, ThatComeExpiredAreAnError) {
  source->life = 0s;
  EXPECT_EQ(test::thrown_by([&] { key(); }),
            "Credentials: the credentials of a test expired at 2015-12-13T09:46:40Z (renew them "
            "there)");
}

TEST_F(CachedCredentials, AreFetchedAgainWhenAwsCallsThemExpired) {
  key();
  cached.invalidate("other");
  EXPECT_EQ(key(), "1");
  cached.invalidate("1");
  EXPECT_EQ(key(), "2");
}

TEST_F(CachedCredentials, OfTheNextProviderServeWhereTheFirstHasNone) {
  source->empty = true;
  const auto second = std::make_shared<Source>(clock);
  Cached both({source, second}, clock);
  both.get();
  EXPECT_EQ(source->fetches, 1);
  EXPECT_EQ(second->fetches, 1);
}

TEST_F(CachedCredentials, AreWaitedForByNobodyWhileTheOldOnesAreGood) {
  key();
  clock.sleep_for(56min);
  std::latch fetching(1), may_answer(1);
  source->before_answer = [&] {
    fetching.count_down();
    may_answer.wait();
  };
  std::jthread renewing([&] { EXPECT_EQ(key(), "2"); });
  fetching.wait();
  EXPECT_EQ(key(), "1");
  may_answer.count_down();
  renewing.join();
  EXPECT_EQ(key(), "2");
  EXPECT_EQ(source->fetches, 2);
}

constexpr int kThreads = 32;

// Calls `ask` in 32 threads and waits for them; `asking` opens when all have begun.
template <class Ask>
void in_threads(std::latch& asking, Ask ask) {
  std::vector<std::jthread> threads;
  for (int i = 0; i < kThreads; ++i) {
    threads.emplace_back([&] {
      asking.count_down();
      ask();
    });
  }
}

TEST_F(CachedCredentials, AreFetchedOnceForAllThreadsThatNeedThem) {
  // At the start, and when what was held has expired.
  for (const auto waited : {0min, 60min}) {
    clock.sleep_for(waited);
    const int before = source->fetches;
    std::latch asking(kThreads);
    source->before_answer = [&] { asking.wait(); };
    std::mutex mutex;
    std::multiset<std::string> keys;
    in_threads(asking, [&] {
      const std::string found = key();
      const std::lock_guard lock(mutex);
      keys.insert(found);
    });
    EXPECT_EQ(source->fetches, before + 1);
    EXPECT_EQ(keys.count(std::to_string(before + 1)), static_cast<std::size_t>(kThreads));
  }
}

TEST_F(CachedCredentials, FailForAllThreadsWhoWaitedWithTheirOwnError) {
  source->broken = true;
  std::latch asking(kThreads);
  source->before_answer = [&] { asking.wait(); };
  std::atomic<int> failed = 0;
  in_threads(asking, [&] {
    try {
      cached.get();
    } catch (Error& error) {
      error.add_context("in a thread");
      if (std::string(error.what()) == "in a thread: broken") ++failed;
    }
  });
  EXPECT_EQ(failed, kThreads);
}

TEST(SessionThreads, FetchTheCredentialsOfAnInstanceOnce) {
  TestSession t(Variables{{"AWS_REGION", "us-west-2"}});
  std::latch asking(kThreads);
  t.network->then([&](const http::Request& request) {
    asking.wait();
    return test::answer_about_identity(request);
  });
  std::atomic<int> right = 0;
  in_threads(asking, [&] {
    if (t.session.parts().credentials.get().keys.access_key_id == "IMDS") ++right;
  });
  EXPECT_EQ(right, kThreads);
  EXPECT_EQ(t.network->sent.size(), 3U) << "a token, the role, its credentials";
}

}  // namespace
}  // namespace asiaq::aws::credentials
