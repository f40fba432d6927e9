// A network that answers from a list and remembers what was sent.
#pragma once

#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "aws/error.h"
#include "aws/http/body.h"
#include "aws/http/transport.h"

namespace asiaq::aws {

class FakeTransport final : public http::Transport {
 public:
  using Answer = std::function<http::Response(const http::Request&)>;

  /// The next requests get these answers in turn; the last one is given for ever.
  FakeTransport& then(Answer answer) {
    answers_.push_back(std::move(answer));
    return *this;
  }
  FakeTransport& then(int status, std::string body,
                      std::vector<std::pair<std::string, std::string>> headers = {}) {
    return then([status, body, headers](const http::Request&) {
      http::Response response;
      response.status = status;
      response.body = body;
      for (const auto& [name, value] : headers) response.headers.add(name, value);
      return response;
    });
  }
  FakeTransport& then_fail(ConnectionError::Sent how_far) {
    return then([how_far](const http::Request& request) -> http::Response {
      throw ConnectionError(request.host + ": broken", how_far);
    });
  }

  http::Response send(const http::Request& request, const http::Limits& within,
                      http::Resend resend) override {
    http::Request whole = request;
    if (request.upload != nullptr) {
      http::for_each_piece(*request.upload, [&](std::string_view piece) { whole.body += piece; });
    }
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      sent.push_back(whole);
      limits.push_back(within);
      resends.push_back(resend);
      if (answers_.empty())
        throw ConnectionError(request.host + ": nobody answers", ConnectionError::Sent::no);
      answer = answers_.front();
      if (answers_.size() > 1) answers_.pop_front();
    }
    http::Response response = answer(request);
    if (request.download != nullptr && response.is_good()) {
      request.download->begin(response.headers);
      request.download->write(response.body);
      response.body.clear();
    }
    return response;
  }

  std::vector<http::Request> sent;
  std::vector<http::Limits> limits;
  std::vector<http::Resend> resends;

 private:
  std::mutex mutex_;
  std::deque<Answer> answers_;
};

}  // namespace asiaq::aws
