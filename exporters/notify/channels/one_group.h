// A digest of several groups as one, for receivers whose format knows only one.
#pragma once

#include "exporters/notify/notification.h"

namespace ecsward::notify {

// The group, when there is one. Of several: each alert once, in its latest state, firing ones
// first; the labels that all groups share; the keys joined by " + ", as many as fit into a line.
GroupNotice AsOneGroup(const Notification& notification);

}  // namespace ecsward::notify
