// A busy host: sockets that listen, connections over loopback, and processes that do nothing.
#pragma once

#include <sys/types.h>

#include <vector>

namespace ecsward::bench {

class Crowd {
 public:
  struct Size {
    int listeners = 0, connections = 0, processes = 0;
  };

  // Ends the program when the machine does not allow as many: a smaller crowd would prove less than
  // the table says. Best in a network namespace of one's own.
  explicit Crowd(const Size& size);
  ~Crowd();
  Crowd(const Crowd&) = delete;
  Crowd& operator=(const Crowd&) = delete;

  int connections() const { return connections_; }
  int processes() const { return idlers_; }

 private:
  void StartIdler();
  void StartHolder(int listeners, int connections);

  std::vector<pid_t> processes_;  // idlers and holders
  int idlers_ = 0;
  int connections_ = 0;
};

}  // namespace ecsward::bench
