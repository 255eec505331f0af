// What Alibaba Cloud's API and an instance's metadata service answer, as fuzz targets.
#pragma once

#include <string_view>

namespace ecsward {

void FuzzApiBody(std::string_view t);
void FuzzCloudTimes(std::string_view t);
void FuzzEndpoint(std::string_view t);
void FuzzRoleCredentials(std::string_view t);

}  // namespace ecsward
