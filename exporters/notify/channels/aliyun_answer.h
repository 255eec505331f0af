// What Alibaba Cloud's message services (SMS, voice) and DirectMail answer, and what it means for a
// delivery. SMS and voice say "Code": "OK" in an HTTP 200, or there what is wrong.
// source: the API references of SendSms and QuerySendDetails (dysmsapi 2017-05-25), SingleCallByTts
//         (dyvmsapi 2017-05-25) and SingleSendMail (dm 2015-11-23); docs/aliyun.md, errors
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "cloud/openapi.h"
#include "exporters/notify/channel.h"

namespace ecsward::notify {

// Of SendSms and SingleCallByTts.
struct MessageAnswer {
  std::string code, message, request_id;
};
// errors: kParse when it is no JSON object with a code
Result<MessageAnswer> ParseMessageAnswer(std::string_view body);

// One page of QuerySendDetails.
struct SendDetails {
  std::string code, message, request_id;  // "OK"
  std::size_t total = 0;                  // messages on all pages
  std::vector<std::string> out_ids;       // of each message of this page; "" where it has none
};
// errors: kParse as above
Result<SendDetails> ParseSendDetails(std::string_view body);

// A business code other than "OK". What the account, the template or the number forbids is refused,
// so that the fallback is asked at once; what is the service's own fault, and whatever is not
// known, is tried again.
Delivery FromBusinessCode(std::string_view action, const MessageAnswer& answer);

// A call without an answer, or with one that says no. A gateway's 5xx without a code of the API's
// is kUnclear: the request may have passed it.
Delivery FromApiFailure(const cloud::ApiFailure& failure);

}  // namespace ecsward::notify
