#include "rules/template/value.h"

namespace ecsward::templates {

Value Value::TextsOf(std::vector<std::string> texts) {
  auto list = std::make_shared<List>();
  list->type = kTextsType;
  list->items.reserve(texts.size());
  for (std::string& text : texts) list->items.push_back(String(std::move(text)));
  return ListOf(std::move(list));
}

std::string_view TypeName(const Value& value) {
  switch (value.kind()) {
    case Kind::kNone:
      return "<nil>";
    case Kind::kBool:
      return "bool";
    case Kind::kInt:
      return "int";
    case Kind::kByte:
      return "uint8";
    case Kind::kFloat:
      return "float64";
    case Kind::kString:
      return "string";
    case Kind::kHtml:
      return "template.HTML";
    case Kind::kLabels:
      return "map[string]string";
    case Kind::kKv:
      return "template.KV";
    case Kind::kMap:
      return "map[string]interface {}";
    case Kind::kSamples:
      return "template.queryResult";
    case Kind::kSample:
      return "*template.sample";
    case Kind::kTime:
      return "*time.Time";
    case Kind::kDuration:
      return "time.Duration";
    case Kind::kMonth:
      return "time.Month";
    case Kind::kWeekday:
      return "time.Weekday";
    case Kind::kObject:
      return value.object().type();
    case Kind::kList:
      return value.list().type;
    case Kind::kData:
      break;
  }
  return "struct { Labels map[string]string; ExternalLabels map[string]string; "
         "ExternalURL string; Value float64 }";
}

bool IsTrue(const Value& value) {
  switch (value.kind()) {
    case Kind::kNone:
      return false;
    case Kind::kBool:
      return value.boolean();
    case Kind::kInt:
    case Kind::kByte:
    case Kind::kMonth:
    case Kind::kWeekday:
    case Kind::kDuration:
      return value.integer() != 0;
    case Kind::kFloat:
      return value.real() != 0;
    case Kind::kString:
    case Kind::kHtml:
      return !value.text().empty();
    case Kind::kLabels:
    case Kind::kKv:
      return !value.labels().empty();
    case Kind::kMap:
      return !value.map().empty();
    case Kind::kSamples:
      return !value.samples().empty();
    case Kind::kList:
      return !value.list().items.empty();
    case Kind::kSample:
    case Kind::kTime:
    case Kind::kData:
    case Kind::kObject:
      break;
  }
  return true;
}

}  // namespace ecsward::templates
