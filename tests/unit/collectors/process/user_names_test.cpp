#include "collectors/process/user_names.h"

#include <gtest/gtest.h>

#include "tests/unit/collectors/host_fixture.h"

namespace ecsward {
namespace {

TEST(ParsePasswd, TakesNameAndNumber) {
  UserTable users;
  ParsePasswd("root:x:0:0:root:/root:/bin/bash\nwww-data:x:33:33::/var/www:/bin/false\n", users);
  EXPECT_EQ(users, (UserTable{{0, "root"}, {33, "www-data"}}));
}

TEST(ParsePasswd, FirstNameOfANumberCounts) {
  UserTable users;
  ParsePasswd("root:x:0:0:::\ntoor:x:0:0:::\n", users);
  EXPECT_EQ(users, (UserTable{{0, "root"}}));
}

TEST(ParsePasswd, PassesOverLinesThatAreNone) {
  UserTable users;
  ParsePasswd("+::::::\n# c\n:x:1:1\nx\nx:y\nbig:x:4294967296:0\nneg:x:-1:0\nend:x:7", users);
  EXPECT_EQ(users, (UserTable{{7, "end"}}));
}

TEST(ParsePasswd, MakesNamesSafe) {
  UserTable users;
  ParsePasswd("a\x1b[31mb:x:5:5:::\n", users);
  EXPECT_EQ(users[5], "a?[31mb");
}

TEST(UserNames, FollowsTheFile) {
  HostFixture host;
  UserNames names(host.Env().root);
  EXPECT_FALSE(names.Refresh());
  EXPECT_EQ(names.Name(33), "33");
  host.Write("root/etc/passwd", "www-data:x:33:33:::\n");
  EXPECT_TRUE(names.Refresh());
  EXPECT_FALSE(names.Refresh());
  EXPECT_EQ(names.Name(33), "www-data");
  host.Write("root/etc/passwd", "www-data:x:33:33:::\nmysql:x:34:34:::\n");
  EXPECT_TRUE(names.Refresh());
  EXPECT_EQ(names.Name(34), "mysql");
  host.Remove("root/etc/passwd");
  EXPECT_TRUE(names.Refresh());
  EXPECT_EQ(names.Name(33), "33");
}

}  // namespace
}  // namespace ecsward
