// What a call costs without its network: signing, writing a request, reading an answer.
//
//   asiaq_bench PAGE [options of Google Benchmark]   PAGE: a file with an answer of
//   DescribeInstances asiaq_bench PAGE --memory                        bytes of memory at most
//   while PAGE is read asiaq_bench PAGE --request                       the request that is written
//
// bench/runtime.py has botocore do the same.
#include <benchmark/benchmark.h>
#include <malloc.h>

#include <fstream>
#include <iostream>
#include <sstream>
#include <string>

#include "aws/ec2/tables.h"
#include "aws/ec2/types.h"
#include "aws/protocol/protocol.h"
#include "aws/sign/sigv4.h"

namespace {

using namespace asiaq::aws;

std::string file_text(const std::string& name) {
  std::ifstream file(name, std::ios::binary);
  std::ostringstream text;
  text << file.rdbuf();
  if (!file || text.str().empty()) throw std::runtime_error("cannot read " + name);
  return text.str();
}

http::Request request_of_a_kilobyte() {
  http::Request request;
  request.host = "ec2.us-west-2.amazonaws.com";
  request.headers.set("Content-Type", "application/x-www-form-urlencoded; charset=utf-8");
  request.headers.set("User-Agent", "bench");
  request.body = std::string(1024, 'x');
  return request;
}

void sign_a_kilobyte(benchmark::State& state) {
  const sign::Keys keys{.access_key_id = "AKIDEXAMPLE", .secret_access_key = "secret"};
  const sign::Scope scope{
      .region = "us-west-2", .service = "ec2", .time = std::chrono::system_clock::now()};
  http::Request request = request_of_a_kilobyte();
  for ([[maybe_unused]] auto round : state) {
    benchmark::DoNotOptimize(sign::sign_headers(request, keys, scope, {}));
  }
}

ec2::RunInstancesRequest run_instances() {
  ec2::RunInstancesRequest request{
      .block_device_mappings = {{.ebs = ec2::EbsBlockDevice{.delete_on_termination = true,
                                                            .volume_size = 20,
                                                            .volume_type = "gp3",
                                                            .encrypted = true},
                                 .device_name = "/dev/sda1"},
                                {.device_name = "/dev/sdb", .virtual_name = "ephemeral0"}},
      .image_id = "ami-0123456789abcdef0",
      .instance_type = "m5.large",
      .key_name = "bake",
      .max_count = 1,
      .min_count = 1,
      .subnet_id = "subnet-0123456789abcdef0",
      .user_data = std::string(512, 'A'),
      .tag_specifications = {{.resource_type = "instance", .tags = {}}},
      .client_token = "00000000-0000-4000-8000-000000000000"};
  request.security_group_ids = {"sg-0123456789abcdef0", "sg-0123456789abcdef1"};
  for (int number = 0; number < 10; ++number) {
    request.tag_specifications[0].tags.push_back(
        {.key = "key" + std::to_string(number), .value = "value " + std::to_string(number)});
  }
  return request;
}

http::Request written_request(const ec2::RunInstancesRequest& request) {
  return protocol::write_request(ec2::tables::service, ec2::tables::RunInstances_operation,
                                 &request, {})
      .http;
}

void write_run_instances(benchmark::State& state) {
  const ec2::RunInstancesRequest request = run_instances();
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(written_request(request));
}

std::size_t instances_in(const http::Response& response) {
  ec2::DescribeInstancesResult page;
  protocol::read_response(ec2::tables::service, ec2::tables::DescribeInstances_operation, response,
                          &page);
  std::size_t count = 0;
  for (const ec2::Reservation& reservation : page.reservations) {
    count += reservation.instances.size();
  }
  return count;
}

http::Response response_of(std::string body) {
  http::Response response;
  response.status = 200;
  response.body = std::move(body);
  return response;
}

void read_instances(benchmark::State& state, const std::string& page) {
  const http::Response response = response_of(file_text(page));
  for ([[maybe_unused]] auto round : state) benchmark::DoNotOptimize(instances_in(response));
}

// Bytes of "VmHWM:  1234 kB".
std::size_t status_of_memory(const std::string& field) {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);) {
    if (line.starts_with(field + ":")) return std::stoul(line.substr(field.size() + 1)) * 1024;
  }
  throw std::runtime_error("the kernel does not say " + field);
}

// The body counts too: it is held while it is read.
int show_memory(const std::string& page) {
  const http::Response response = response_of(file_text(page));
  malloc_trim(0);
  std::ofstream("/proc/self/clear_refs") << "5";
  const std::size_t before = status_of_memory("VmRSS");
  if (instances_in(response) == 0) throw std::runtime_error("there are no instances in " + page);
  std::cout << response.body.size() + status_of_memory("VmHWM") - before << '\n';
  return 0;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    std::cerr << "usage: asiaq_bench PAGE [--memory | --request | OPTIONS OF GOOGLE BENCHMARK]\n";
    return 2;
  }
  const std::string page = argv[1];
  const std::string mode = argc > 2 ? argv[2] : "";
  if (mode == "--memory") return show_memory(page);
  if (mode == "--request") {
    std::cout << written_request(run_instances()).body << '\n';
    return 0;
  }
  benchmark::RegisterBenchmark("sign", sign_a_kilobyte);
  benchmark::RegisterBenchmark("write", write_run_instances);
  benchmark::RegisterBenchmark("read", read_instances, page);
  benchmark::Initialize(&argc, argv);
  benchmark::RunSpecifiedBenchmarks();
  return 0;
}
