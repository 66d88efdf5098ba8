/* A signature from a command: the way to devices that never give their key away. */
#define _GNU_SOURCE /* memfd_create, pipe2, strerror_r that returns the text */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "base/mem.h"
#include "proof/base64.h"
#include "proof/sign_key.h"

#define OUTPUT_BYTES 4096

extern char **environ;

static assay_status fail_run(int number, assay_err *err)
{
    char reason[128];
    return ay_fail(err, ASSAY_EIO, "the command that signs cannot be run: %s", "无法运行签名命令：%s",
                   strerror_r(number, reason, sizeof reason));
}

/* The message as a file of no name: the command reads it at its own pace, and need not read it at all. */
static int open_input(ay_str message)
{
    const int fd = memfd_create("assay-note", MFD_CLOEXEC);
    for (size_t done = 0; fd >= 0 && done < message.len;) {
        const ssize_t n = write(fd, message.ptr + done, message.len - done);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) {
            const int number = errno;
            (void)close(fd);
            errno = number;
            return -1;
        }
        done += (size_t)n;
    }
    if (fd >= 0) (void)lseek(fd, 0, SEEK_SET);
    return fd;
}

/* Standard error stays ours, signals are as they are in a fresh process, and the group is its own. */
static int spawn(const char *command, int input, int output, pid_t *ret)
{
    char *argv[] = {(char *)(uintptr_t) "sh", (char *)(uintptr_t) "-c", (char *)(uintptr_t)command, NULL};
    posix_spawn_file_actions_t files;
    posix_spawnattr_t how;
    sigset_t none, all;
    (void)sigemptyset(&none);
    (void)sigfillset(&all);
    int number = posix_spawn_file_actions_init(&files);
    if (number != 0) return number;
    number = posix_spawnattr_init(&how);
    if (number == 0) {
        number = posix_spawn_file_actions_adddup2(&files, input, STDIN_FILENO);
        if (number == 0) number = posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
        (void)posix_spawnattr_setflags(&how, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
        (void)posix_spawnattr_setpgroup(&how, 0);
        (void)posix_spawnattr_setsigmask(&how, &none);
        (void)posix_spawnattr_setsigdefault(&how, &all);
        if (number == 0) number = posix_spawn(ret, "/bin/sh", &files, &how, argv, environ);
        (void)posix_spawnattr_destroy(&how);
    }
    (void)posix_spawn_file_actions_destroy(&files);
    return number;
}

static int64_t now_ms(void)
{
    struct timespec t;
    (void)clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* How it came to an end. LOST: the caller's program lets no one wait for its children. */
typedef enum ending { ENDED, TIMED_OUT, TOO_LONG, BROKEN, LOST } ending;

static ending read_output(int fd, int64_t deadline, char *to, size_t *ret_len)
{
    for (*ret_len = 0;;) {
        const int64_t left = deadline - now_ms();
        struct pollfd wait = {.fd = fd, .events = POLLIN};
        const int ready = left > 0 ? poll(&wait, 1, left > INT32_MAX ? INT32_MAX : (int)left) : 0;
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0) return ready == 0 ? TIMED_OUT : BROKEN;
        const ssize_t n = read(fd, to + *ret_len, OUTPUT_BYTES - *ret_len);
        if (n < 0 && errno == EINTR) continue;
        if (n <= 0) return n == 0 ? ENDED : BROKEN;
        *ret_len += (size_t)n;
        if (*ret_len == OUTPUT_BYTES) return TOO_LONG;
    }
}

/* It may close its output long before it ends. */
static ending wait_for(pid_t pid, int64_t deadline, int *ret_status)
{
    for (;;) {
        const pid_t ended = waitpid(pid, ret_status, WNOHANG);
        if (ended == pid) return ENDED;
        if (ended < 0 && errno != EINTR) return LOST;
        if (now_ms() >= deadline) return TIMED_OUT;
        (void)poll(NULL, 0, 5);
    }
}

static void kill_group(pid_t pid)
{
    (void)kill(-pid, SIGKILL);
    while (waitpid(pid, NULL, 0) < 0 && errno == EINTR) {
    }
}

static assay_status judge(ending how, int status, assay_err *err)
{
    AY_FAIL_IF(how == TOO_LONG, err, ASSAY_EIO, "the command that signs writes more than a signature",
               "签名命令输出的内容超出签名");
    AY_FAIL_IF(how == BROKEN, err, ASSAY_EIO, "the output of the command that signs cannot be read",
               "无法读取签名命令的输出");
    AY_FAIL_IF(how == LOST, err, ASSAY_EIO, "how the command that signs ended is not known: is SIGCHLD ignored?",
               "无法得知签名命令的结束状态：是否忽略了 SIGCHLD？");
    AY_FAIL_IF(how == TIMED_OUT, err, ASSAY_EIO, "the command that signs took too long and was ended",
               "签名命令超时，已被终止");
    AY_FAIL_IF(WIFSIGNALED(status), err, ASSAY_EIO, "the command that signs was ended by signal %d",
               "签名命令被信号 %d 终止", WTERMSIG(status));
    AY_FAIL_IF(WEXITSTATUS(status) != 0, err, ASSAY_EIO, "the command that signs failed with exit code %d",
               "签名命令失败，退出码为 %d", WEXITSTATUS(status));
    return ASSAY_OK;
}

static assay_status run(const char *command, uint32_t timeout_ms, const int fds[3], ay_buf *out, assay_err *err)
{
    const int64_t deadline = now_ms() + timeout_ms;
    char output[OUTPUT_BYTES];
    size_t len = 0;
    int status = 0;
    pid_t pid;
    const int number = spawn(command, fds[0], fds[2], &pid);
    (void)close(fds[2]); /* the command's end, so that ours sees when it is closed */
    if (number != 0) return fail_run(number, err);
    ending how = read_output(fds[1], deadline, output, &len);
    if (how == ENDED) how = wait_for(pid, deadline, &status);
    if (how != ENDED && how != LOST) kill_group(pid);
    AY_TRY(judge(how, status, err));
    ay_buf_put(out, output, len);
    return ay_buf_status(out, err);
}

static assay_status ask(const char *command, uint32_t timeout_ms, ay_str message, ay_buf *out, assay_err *err)
{
    int fds[3] = {open_input(message), -1, -1}; /* input, the two ends of its output */
    if (fds[0] < 0 || pipe2(fds + 1, O_CLOEXEC) != 0) {
        const int number = errno;
        if (fds[0] >= 0) (void)close(fds[0]);
        return fail_run(number, err);
    }
    const assay_status st = run(command, timeout_ms, fds, out, err);
    (void)close(fds[0]);
    (void)close(fds[1]);
    return st;
}

static assay_status take_signature(const ay_key *key, ay_str text, ay_buf *out, assay_err *err)
{
    char bytes[OUTPUT_BYTES];
    size_t len = 0;
    if (text.len > 0 && text.ptr[text.len - 1] == '\n') text.len--;
    AY_FAIL_IF(!ay_base64_take(text, bytes, &len), err, ASSAY_EIO,
               "the command that signs does not write a signature in base64", "签名命令输出的不是 base64 编码的签名");
    if (key->kind == AY_KEY_SM2 && len == 64) {
        unsigned char raw[64];
        memcpy(raw, bytes, sizeof raw);
        AY_NOMEM_IF(!ay_sm2_der(raw, out), err);
    } else {
        ay_buf_put(out, bytes, len);
    }
    return ay_buf_status(out, err);
}

assay_status ay_sign_by_command(const char *command, uint32_t timeout_ms, const ay_key *key, ay_str message,
                                ay_buf *out, assay_err *err)
{
    ay_buf text = {0};
    const size_t before = out->len;
    assay_status st = ask(command, timeout_ms, message, &text, err);
    if (st == ASSAY_OK) st = take_signature(key, ay_buf_view(&text), out, err);
    ay_buf_free(&text);
    AY_TRY(st);
    if (ay_verify(key, message, ay_str_slice(ay_buf_view(out), before, out->len), NULL) == ASSAY_OK) return ASSAY_OK;
    out->len = before;
    return ay_fail(err, ASSAY_EIO, "the command that signs wrote a signature that is not one of the given key",
                   "签名命令给出的签名与指定的密钥不符");
}
