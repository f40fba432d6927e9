// Many threads that share one session and call as fast as they may.
//
//   asiaq_bench_contention THREADS CALLS     against AWS_ENDPOINT_URL; prints JSON
#include <atomic>
#include <chrono>
#include <iostream>
#include <string>
#include <thread>
#include <vector>

#include "aws/ec2/client.h"
#include "aws/session.h"

int main(int argc, char** argv) {
  if (argc != 3) {
    std::cerr << "usage: asiaq_bench_contention THREADS CALLS\n";
    return 2;
  }
  using namespace asiaq;
  aws::Session session = aws::Session::open();
  const aws::ec2::Client ec2(session);
  std::atomic<int> left = std::stoi(argv[2]);
  std::atomic<int> failures = 0;
  const auto begin = std::chrono::steady_clock::now();
  {
    std::vector<std::jthread> threads;
    for (int number = std::stoi(argv[1]); number > 0; --number) {
      threads.emplace_back([&] {
        while (left-- > 0) {
          try {
            ec2.describe_vpcs();
          } catch (const Error& error) {
            ++failures;
            std::cerr << error.what() << '\n';
          }
        }
      });
    }
  }
  const Seconds took = std::chrono::steady_clock::now() - begin;
  const aws::CallCount count = session.calls().total();
  std::cout << "{\"seconds\": " << took.count() << ", \"failures\": " << failures
            << ", \"attempts\": " << count.attempts << ", \"throttles\": " << count.throttles
            << "}\n";
  return 0;
}
