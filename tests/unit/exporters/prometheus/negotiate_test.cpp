#include "exporters/prometheus/negotiate.h"

#include <gtest/gtest.h>

namespace ecsward {
namespace {

TEST(ParseAccept, GivesPrometheusItsFirstChoice) {
  EXPECT_EQ(ParseAccept("application/openmetrics-text;version=1.0.0,"
                        "application/openmetrics-text;version=0.0.1;q=0.75,"
                        "text/plain;version=0.0.4;q=0.5,*/*;q=0.1"),
            PageFormat::kOpenMetrics);
  EXPECT_EQ(ParseAccept("text/plain;version=0.0.4;q=0.5,*/*;q=0.1"), PageFormat::kText);
}

TEST(ParseAccept, WeighsTheChoices) {
  EXPECT_EQ(ParseAccept("application/openmetrics-text;q=0.4, text/plain;q=0.41"),
            PageFormat::kText);
  EXPECT_EQ(ParseAccept("text/plain;q=0.4 , APPLICATION/OpenMetrics-Text ; Q=0.41"),
            PageFormat::kOpenMetrics);
  EXPECT_EQ(ParseAccept("application/openmetrics-text;q=0"), PageFormat::kText);
}

TEST(ParseAccept, IsTextForEverythingElse) {
  for (const char* accept :
       {"", "*/*", "text/html,*/*;q=0.8", "application/openmetrics-text;version=2.0.0", ",;=,\"",
        "application/openmetrics-text;q=abc"}) {
    EXPECT_EQ(ParseAccept(accept), PageFormat::kText) << accept;
  }
}

TEST(ParseAcceptEncoding, PacksOnlyForThoseWhoAsk) {
  for (const char* accept : {"gzip", "gzip, deflate, br", "deflate;q=0.1, GZIP;q=0.5", "*"}) {
    EXPECT_EQ(ParseAcceptEncoding(accept), PageEncoding::kGzip) << accept;
  }
  for (const char* accept : {"", "identity", "gzip;q=0", "gzip;q=0.000", "*, gzip;q=0",
                             "identity, gzip;q=0.5", "gzipx"}) {
    EXPECT_EQ(ParseAcceptEncoding(accept), PageEncoding::kIdentity) << accept;
  }
}

}  // namespace
}  // namespace ecsward
