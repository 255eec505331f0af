// A FUSE file system whose server can be stopped: what a dead NFS or FUSE mount looks like to
// statvfs.
//
//   fuse_hang DIRECTORY    mounts there, prints "mounted" once it answers, serves until SIGTERM
//
// SIGSTOP makes every statvfs of the mount hang (in a killable sleep), SIGCONT lets it go on,
// SIGTERM unmounts. It speaks the kernel's protocol on /dev/fuse itself, because libfuse would be a
// dependency for five requests.
// source: Linux include/uapi/linux/fuse.h. Needs root.
#include <fcntl.h>
#include <linux/fuse.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <string>
#include <vector>

namespace {

volatile std::sig_atomic_t stop_asked = 0;  // set by the signal handler, the one way in
void OnSignal(int /*signal*/) { stop_asked = 1; }

// One answer: the header, then `size` bytes of body. `error` is 0 or an errno.
bool Answer(int device, std::uint64_t unique, int error, const void* body = nullptr,
            std::size_t size = 0) {
  fuse_out_header header{};
  header.len = static_cast<std::uint32_t>(sizeof(header) + size);
  header.error = -error;
  header.unique = unique;
  std::array<char, sizeof(header) + 256> bytes{};
  std::memcpy(bytes.data(), &header, sizeof(header));
  if (size > 0) std::memcpy(bytes.data() + sizeof(header), body, size);
  return write(device, bytes.data(), header.len) == static_cast<ssize_t>(header.len);
}

void AnswerInit(int device, const fuse_in_header& in, const char* body) {
  fuse_init_in asked{};
  std::memcpy(&asked, body, std::min(sizeof(asked), in.len - sizeof(in)));
  fuse_init_out out{};
  out.major = FUSE_KERNEL_VERSION;
  out.minor = std::min<std::uint32_t>(asked.minor, FUSE_KERNEL_MINOR_VERSION);
  out.max_readahead = asked.max_readahead;
  out.max_write = 4096;
  Answer(device, in.unique, 0, &out, sizeof(out));
}

void AnswerGetattr(int device, const fuse_in_header& in) {
  fuse_attr_out out{};  // attr_valid 0: the kernel asks every time
  out.attr.ino = FUSE_ROOT_ID;
  out.attr.mode = S_IFDIR | 0755;
  out.attr.nlink = 2;
  Answer(device, in.unique, 0, &out, sizeof(out));
}

// 1 GiB, half of it free.
void AnswerStatfs(int device, const fuse_in_header& in) {
  fuse_statfs_out out{};
  out.st.bsize = out.st.frsize = 4096;
  out.st.blocks = 262144;
  out.st.bfree = out.st.bavail = 131072;
  out.st.files = 1000;
  out.st.ffree = 500;
  out.st.namelen = 255;
  Answer(device, in.unique, 0, &out, sizeof(out));
}

// False when the file system was unmounted.
bool ServeOne(int device, std::vector<char>& request) {
  const ssize_t size = read(device, request.data(), request.size());
  if (size < 0) return errno != ENODEV;
  fuse_in_header in{};
  if (static_cast<std::size_t>(size) < sizeof(in)) return true;
  std::memcpy(&in, request.data(), sizeof(in));
  switch (in.opcode) {
    case FUSE_INIT:
      AnswerInit(device, in, request.data() + sizeof(in));
      break;
    case FUSE_GETATTR:
      AnswerGetattr(device, in);
      break;
    case FUSE_STATFS:
      AnswerStatfs(device, in);
      break;
    case FUSE_FORGET:
    case FUSE_BATCH_FORGET:
      break;  // want no answer
    case FUSE_LOOKUP:
      Answer(device, in.unique, ENOENT);
      break;
    default:
      Answer(device, in.unique, ENOSYS);
      break;
  }
  if (in.opcode == FUSE_INIT) {
    std::puts("mounted");
    std::fflush(stdout);
  }
  return true;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 2) {
    std::fprintf(stderr, "usage: fuse_hang DIRECTORY\n");
    return 2;
  }
  const int device = open("/dev/fuse", O_RDWR | O_CLOEXEC);
  if (device < 0) {
    std::perror("/dev/fuse");
    return 1;
  }
  const std::string options =
      "fd=" + std::to_string(device) + ",rootmode=40755,user_id=0,group_id=0,allow_other";
  if (mount("ecsward-hang", argv[1], "fuse", MS_NOSUID | MS_NODEV, options.c_str()) != 0) {
    std::perror("mount");
    return 1;
  }
  struct sigaction action {};
  action.sa_handler = OnSignal;  // without SA_RESTART: read returns EINTR
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);

  std::vector<char> request(std::size_t{64} * 1024);
  while (stop_asked == 0 && ServeOne(device, request)) {
  }
  // MNT_DETACH: somebody may still be waiting inside. Closing the device lets him go with ENOTCONN.
  umount2(argv[1], MNT_DETACH);
  close(device);
  return 0;
}
