// The templates in an alerting rule's labels and annotations.
#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "metrics/labels.h"
#include "rules/promql/query.h"
#include "rules/rule_file.h"
#include "rules/template/template.h"

namespace ecsward {

// `query "…"` in templates. Keeps what it has parsed: alerts ask the same at each evaluation.
class TemplateQueries {
 public:
  // `history` outlives this.
  TemplateQueries(const History& history, promql::QueryOptions options);

  Result<std::vector<TemplateSample>> Run(std::string_view expr, std::int64_t time_ms);
  void Forget() { queries_.clear(); }

 private:
  static constexpr std::size_t kMaxQueries = 64;

  const History& history_;
  const promql::QueryOptions options_;
  std::map<std::string, std::unique_ptr<promql::Query>, std::less<>> queries_;
};

class AlertTemplates {
 public:
  // `annotations` in the language they are wanted in.
  AlertTemplates(const Rule& rule, LabelPairs annotations);

  // What is outside the rule.
  struct World {
    const LabelPairs& external_labels;
    const std::string& external_url;
    TemplateQueries& queries;
    std::int64_t time_ms;
  };

  // Expanded for one series of the result. A template that fails leaves its error in its place.
  struct Texts {
    LabelPairs labels;  // whole: the series' without its name, the rule's, alertname
    LabelPairs annotations;
  };
  Texts Expand(const Labels& source, double value, const World& world) const;
  LabelPairs Annotations(const Labels& source, double value, const World& world) const;

  // The alert's labels follow from the series' labels alone.
  bool labels_are_plain() const { return labels_are_plain_; }
  // The texts may change though neither labels nor value did.
  bool asks_history() const { return asks_history_; }
  const LabelPairs& label_texts() const { return labels_; }

  // Forgets what was parsed: trees weigh much more than texts. They are made again when they are
  // asked for, once for all alerts of an evaluation.
  void ForgetParsed() { parsed_.clear(); }

 private:
  TemplateData DataOf(const Labels& source, double value, const World& world) const;
  LabelPairs Annotations(const TemplateData& data) const;
  std::string ExpandOne(const std::string& text, const TemplateData& data) const;

  std::string alert_;
  LabelPairs labels_, annotations_;
  bool labels_are_plain_ = true, asks_history_ = false;
  mutable std::map<std::string, Template, std::less<>> parsed_;  // by their texts
};

// The samples of an instant query; a scalar is a sample without labels, kept in `scratch`.
// errors: kInvalidArgument, as for rules
Result<const promql::Vector*> InstantVector(promql::Query& query, std::int64_t time_ms,
                                            promql::Vector& scratch);

}  // namespace ecsward
