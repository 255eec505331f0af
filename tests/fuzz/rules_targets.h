// The parsers of rules/ and of metrics/' history, for targets.cpp: each takes more than one line.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzCheckpoint(std::string_view t);
void FuzzEvaluate(std::string_view t);
void FuzzMatcher(std::string_view t);
void FuzzPrintf(std::string_view t);
void FuzzPromql(std::string_view t);
void FuzzPromqlDuration(std::string_view t);
void FuzzSeriesNotation(std::string_view t);
void FuzzTemplate(std::string_view t);

}  // namespace ecsward
