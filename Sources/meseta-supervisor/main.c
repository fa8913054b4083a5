/* meseta-supervisor: runs one container and outlives the agent that started it.
 *
 * It starts with two descriptors: a connection to the containerizer, over which the launch record arrives, and
 * its runtime directory <runtime>/<container id>, locked for as long as it lives. There it keeps
 *
 *   socket   a unix socket: whoever connects hears how the container is and may kill it
 *   status   how the container ended, written durably before anybody is told
 *
 * Lines to a client, and in `status`:      Lines from a client:
 *   started <pid>                            kill <grace in nanoseconds>
 *   failed <reason>
 *   exited <code>
 *   signaled <signal>
 *
 * The task runs in a session of its own. The supervisor is a child subreaper: whatever the task leaves behind
 * becomes the supervisor's child, and so it can end the container when none is left, and only then. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "meseta_launch.h"

enum { MAX_CLIENTS = 16, LINE = 1024 };

/* An operator's SIGTERM to the supervisor ends the container as `kill` does, with this grace. */
#define OPERATOR_GRACE 5000000000ll
/* How often the survivors of SIGKILL (in an uninterruptible sleep, say) are looked for again. */
#define SWEEP_INTERVAL 100000000ll

struct client {
    int fd;
    size_t used;
    char line[64];
};

enum phase { RUNNING, TERMINATING, KILLING };

static struct client clients[MAX_CLIENTS];
static int client_count;
static pid_t task;
static int task_status = -1; /* as waitpid gives it; -1 while the task runs */
static enum phase phase = RUNNING;
static int64_t deadline; /* TERMINATING: when SIGKILL is due; KILLING: when to look again */

static int64_t now(void) {
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return (int64_t)t.tv_sec * 1000000000ll + t.tv_nsec;
}

static void say(int fd, const char *line, size_t length) {
    /* A client that does not read its few short lines loses them; it can read `status`. */
    (void)send(fd, line, length, MSG_NOSIGNAL | MSG_DONTWAIT);
}

/* Ending ------------------------------------------------------------------------------------------------- */

/* Puts `line` into `status`: either all of it is there after a crash of the machine, or nothing. */
static void record(const char *line, size_t length, int durably) {
    int fd = open("status.tmp", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    if (fd < 0) return;
    int whole = write(fd, line, length) == (ssize_t)length;
    if (durably) whole = fsync(fd) == 0 && whole;
    close(fd);
    if (whole && rename("status.tmp", "status") == 0 && durably) fsync(MESETA_DIRECTORY_FD);
}

static void finish(const char *line, size_t length, int durably) __attribute__((noreturn));
static void finish(const char *line, size_t length, int durably) {
    record(line, length, durably);
    for (int i = 0; i < client_count; i++) say(clients[i].fd, line, length);
    _exit(0);
}

static void fail(const char *what, const char *which, int error) __attribute__((noreturn));
static void fail(const char *what, const char *which, int error) {
    char line[LINE];
    int length = snprintf(line, sizeof line - 1, "failed %s \"%.700s\": %s", what, which, strerror(error));
    for (int i = 0; i < length; i++)
        if (line[i] == '\n') line[i] = ' ';
    line[length++] = '\n';
    finish(line, (size_t)length, 0);
}

static void finish_with_task_status(void) {
    char line[LINE];
    int length = WIFSIGNALED(task_status) ? snprintf(line, sizeof line, "signaled %d\n", WTERMSIG(task_status))
                                          : snprintf(line, sizeof line, "exited %d\n", WEXITSTATUS(task_status));
    finish(line, (size_t)length, 1);
}

/* Killing ------------------------------------------------------------------------------------------------ */

/* Sends SIGKILL to every child and to every child's process group. What those leave behind is inherited and
 * found by the next sweep, until none is left. A group never reaches beyond the container: the task began a
 * session of its own, and groups do not span sessions. */
static void sweep(void) {
    static char list[1 << 16];
    if (task_status < 0) kill(-task, SIGKILL);
    int fd = open("/proc/thread-self/children", O_RDONLY | O_CLOEXEC);
    if (fd < 0) return;
    ssize_t length = read(fd, list, sizeof list - 1);
    close(fd);
    if (length <= 0) return;
    list[length] = 0;
    pid_t own = getpgrp();
    for (char *cursor = list, *end; *cursor; cursor = end) {
        long pid = strtol(cursor, &end, 10);
        if (end == cursor) break;
        /* A pid that the buffer cut short is not a pid. */
        if (*end == 0 && length == (ssize_t)sizeof list - 1) break;
        if (pid <= 1) continue;
        pid_t group = getpgid((pid_t)pid);
        if (group > 1 && group != own) kill(-group, SIGKILL);
        kill((pid_t)pid, SIGKILL);
    }
}

static void begin_killing(void) {
    phase = KILLING;
    sweep();
    deadline = now() + SWEEP_INTERVAL;
}

static void request_kill(int64_t grace) {
    if (phase == KILLING) return;
    if (grace <= 0) {
        begin_killing();
        return;
    }
    int64_t start = now();
    int64_t due = grace > INT64_MAX - start ? INT64_MAX : start + grace;
    if (phase == RUNNING) {
        kill(-task, SIGTERM);
        deadline = due;
        phase = TERMINATING;
    } else if (due < deadline) {
        deadline = due;
    }
}

/* Reaps what has ended. Returns only while something of the container is left. */
static void reap(void) {
    int ended = 0;
    for (;;) {
        int status;
        pid_t pid = waitpid(-1, &status, WNOHANG);
        if (pid > 0) {
            if (pid == task) task_status = status;
            ended = 1;
        } else if (pid < 0 && errno == ECHILD) {
            finish_with_task_status();
        } else if (pid == 0) {
            break;
        }
    }
    /* The task is the container: when it ends, so does what it started. */
    if (ended && (task_status >= 0 || phase == KILLING)) begin_killing();
}

/* Clients ------------------------------------------------------------------------------------------------ */

static void greet(int listener) {
    int fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK);
    if (fd < 0) return;
    if (client_count == MAX_CLIENTS) {
        close(fd);
        return;
    }
    clients[client_count++] = (struct client){.fd = fd};
    char line[32];
    say(fd, line, (size_t)snprintf(line, sizeof line, "started %d\n", task));
}

static void obey(struct client *client, const char *line) {
    char *end;
    if (strncmp(line, "kill ", 5) == 0) {
        errno = 0;
        long long grace = strtoll(line + 5, &end, 10);
        if (end != line + 5 && *end == 0 && errno == 0) {
            request_kill(grace);
            return;
        }
    }
    static const char unknown[] = "error the command is: kill <grace in nanoseconds>\n";
    say(client->fd, unknown, sizeof unknown - 1);
}

/* Returns 0 when the client is gone. */
static int listen_to(struct client *client) {
    ssize_t n = recv(client->fd, client->line + client->used, sizeof client->line - 1 - client->used, MSG_DONTWAIT);
    if (n < 0) return errno == EAGAIN || errno == EINTR;
    if (n == 0) return 0;
    client->used += (size_t)n;
    char *newline;
    while ((newline = memchr(client->line, '\n', client->used))) {
        *newline = 0;
        obey(client, client->line);
        size_t taken = (size_t)(newline - client->line) + 1;
        memmove(client->line, newline + 1, client->used -= taken);
    }
    return client->used < sizeof client->line - 1; /* no command is that long */
}

static void supervise(int signals, int listener) __attribute__((noreturn));
static void supervise(int signals, int listener) {
    for (;;) {
        struct pollfd polled[2 + MAX_CLIENTS] = {{.fd = signals, .events = POLLIN}, {.fd = listener, .events = POLLIN}};
        int count = client_count;
        for (int i = 0; i < count; i++) polled[2 + i] = (struct pollfd){.fd = clients[i].fd, .events = POLLIN};
        struct timespec timeout, *limit = NULL;
        if (phase != RUNNING) {
            int64_t left = deadline - now();
            if (left < 0) left = 0;
            timeout = (struct timespec){.tv_sec = left / 1000000000ll, .tv_nsec = left % 1000000000ll};
            limit = &timeout;
        }
        int ready = ppoll(polled, (nfds_t)(2 + count), limit, NULL);
        if (ready < 0 && errno != EINTR) abort();
        if (polled[0].revents) {
            struct signalfd_siginfo info;
            while (read(signals, &info, sizeof info) == (ssize_t)sizeof info)
                if (info.ssi_signo != SIGCHLD) request_kill(OPERATOR_GRACE);
            reap();
        }
        for (int i = count - 1; i >= 0; i--) {
            if (!polled[2 + i].revents || listen_to(&clients[i])) continue;
            close(clients[i].fd);
            clients[i] = clients[--client_count];
        }
        if (polled[1].revents) greet(listener);
        if (phase != RUNNING && now() >= deadline) begin_killing();
    }
}

/* Starting ----------------------------------------------------------------------------------------------- */

struct launch {
    struct meseta_launch_header header;
    const uint32_t *groups;
    const char *sandbox, *directory, *program;
    char **arguments, **environment;
    char niceness[12]; /* in digits */
};

static void read_exactly(void *buffer, size_t length) {
    for (size_t done = 0; done < length;) {
        ssize_t n = read(MESETA_CONNECTION_FD, (char *)buffer + done, length - done);
        if (n < 0 && errno == EINTR) continue;
        /* The containerizer is gone before it said what to run: nobody waits for an answer. */
        if (n <= 0) _exit(1);
        done += (size_t)n;
    }
}

static char *take_string(char **cursor, const char *end) {
    char *string = *cursor;
    char *nul = string < end ? memchr(string, 0, (size_t)(end - string)) : NULL;
    if (!nul) fail("cannot read the launch record of", "this container", EBADMSG);
    *cursor = nul + 1;
    return string;
}

static struct launch read_launch(void) {
    struct launch launch;
    struct meseta_launch_header *header = &launch.header;
    read_exactly(header, sizeof *header);
    if (header->magic != MESETA_LAUNCH_MAGIC || header->body_bytes > MESETA_LAUNCH_MAX_BODY ||
        header->group_count > MESETA_LAUNCH_MAX_GROUPS || header->group_count * 4ull > header->body_bytes ||
        header->argument_count > header->body_bytes || header->environment_count > header->body_bytes)
        fail("cannot read the launch record of", "this container (is the supervisor of another version?)", EBADMSG);
    char *body = malloc(header->body_bytes + 1);
    size_t pointers = (size_t)header->argument_count + header->environment_count + 2;
    char **table = malloc(pointers * sizeof *table);
    if (!body || !table) fail("cannot hold the launch record of", "this container", ENOMEM);
    read_exactly(body, header->body_bytes);
    snprintf(launch.niceness, sizeof launch.niceness, "%d", header->niceness);
    char *cursor = body + header->group_count * 4ull, *end = body + header->body_bytes;
    launch.groups = (const uint32_t *)body;
    launch.sandbox = take_string(&cursor, end);
    launch.directory = take_string(&cursor, end);
    launch.program = take_string(&cursor, end);
    launch.arguments = table;
    for (uint32_t i = 0; i < header->argument_count; i++) *table++ = take_string(&cursor, end);
    *table++ = NULL;
    launch.environment = table;
    for (uint32_t i = 0; i < header->environment_count; i++) *table++ = take_string(&cursor, end);
    *table = NULL;
    return launch;
}

static int open_listener(void) {
    int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    /* A relative name: the whole path may be longer than the 108 bytes that an address holds. */
    struct sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = "socket"};
    if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) < 0 || listen(fd, 16) < 0)
        fail("cannot listen on", "socket", errno);
    return fd;
}

static int open_output(const struct launch *launch, int sandbox, const char *name) {
    int fd = openat(sandbox, name, O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd < 0) fail("cannot open in the sandbox", name, errno);
    if (launch->header.changes_user && fchown(fd, launch->header.uid, launch->header.gid) < 0)
        fail("cannot give to the user of the container", name, errno);
    return fd;
}

/* The candidates for the program: itself if it names a place, else one for each folder in the container's PATH. */
static char **candidates(const struct launch *launch) {
    const char *path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", *program = launch->program;
    for (char **entry = launch->environment; *entry; entry++)
        if (strncmp(*entry, "PATH=", 5) == 0) path = *entry + 5;
    size_t folders = 1;
    for (const char *c = path; *c; c++) folders += *c == ':';
    char **list = calloc(folders + 1, sizeof *list);
    if (!list) fail("cannot look for", program, ENOMEM);
    if (strchr(program, '/') || !*program) {
        list[0] = (char *)program;
        return list;
    }
    for (size_t i = 0; i < folders; i++) {
        size_t length = strcspn(path, ":");
        if (asprintf(&list[i], "%.*s%s%s", (int)length, path, length ? "/" : "", program) < 0)
            fail("cannot look for", program, ENOMEM);
        path += length + (path[length] == ':');
    }
    return list;
}

/* How far the child came; it runs in the supervisor's memory until it executes the program. */
static volatile int child_error;
static const char *volatile child_step;

static void become_task(const struct launch *launch, char **programs, const int output[3], pid_t supervisor)
    __attribute__((noreturn));
static void become_task(const struct launch *launch, char **programs, const int output[3], pid_t supervisor) {
    const struct meseta_launch_header *header = &launch->header;
    child_step = "cannot begin a session for";
    if (setsid() < 0) goto failed;
    child_step = "cannot connect the output of";
    for (int i = 0; i < 3; i++)
        if (dup2(output[i], i) < 0) goto failed;
    if (header->niceness) {
        /* Best effort. The kernel may share out processors between sessions first, and only then between processes. */
        int group = open("/proc/self/autogroup", O_WRONLY | O_CLOEXEC);
        if (group >= 0) (void)!write(group, launch->niceness, strlen(launch->niceness));
        if (group >= 0) close(group);
        setpriority(PRIO_PROCESS, 0, header->niceness);
    }
    if (header->changes_user) {
        /* System calls, not the library's functions: those would signal threads, which there are none of. */
        child_step = "cannot change the user of";
        if (syscall(SYS_setgroups, (size_t)header->group_count, launch->groups) < 0) goto failed;
        if (syscall(SYS_setresgid, header->gid, header->gid, header->gid) < 0) goto failed;
        if (syscall(SYS_setresuid, header->uid, header->uid, header->uid) < 0) goto failed;
    }
    child_step = "cannot enter the working directory of";
    if (chdir(launch->directory) < 0) goto failed;
    /* A supervisor that is killed takes its task along. (Set after the user, whose change clears it.) */
    child_step = "cannot tie to its supervisor";
    if (prctl(PR_SET_PDEATHSIG, SIGKILL) < 0) goto failed;
    if (getppid() != supervisor) _exit(127);
    sigset_t none;
    sigemptyset(&none);
    sigprocmask(SIG_SETMASK, &none, NULL);
    child_step = "cannot execute";
    int error = ENOENT;
    for (; *programs; programs++) {
        execve(*programs, launch->arguments, launch->environment);
        if (errno != ENOENT && errno != ENOTDIR) error = errno;
        if (errno != ENOENT && errno != ENOTDIR && errno != EACCES) break;
    }
    errno = error;
failed:
    child_error = errno;
    _exit(127);
}

static void start_task(const struct launch *launch) {
    int sandbox = open(launch->sandbox, O_PATH | O_DIRECTORY | O_CLOEXEC);
    if (sandbox < 0) fail("cannot open the sandbox", launch->sandbox, errno);
    int output[3] = {0, open_output(launch, sandbox, "stdout"), open_output(launch, sandbox, "stderr")};
    char **programs = candidates(launch);
    pid_t supervisor = getpid();
    /* vfork: the child borrows this memory, so nothing is copied and its failure is plain to see here. */
    task = vfork();
    if (task == 0) become_task(launch, programs, output, supervisor);
    if (task < 0) fail("cannot fork for", launch->program, errno);
    if (child_error) {
        const char *which = strcmp(child_step, "cannot enter the working directory of") ? launch->program
                                                                                        : launch->directory;
        waitpid(task, NULL, 0);
        fail(child_step, which, child_error);
    }
    close(sandbox);
    close(output[1]);
    close(output[2]);
}

static int prepare(void) {
    /* The agent's other descriptors are not the container's. */
    syscall(SYS_close_range, MESETA_DIRECTORY_FD + 1, ~0u, 0);
    fcntl(MESETA_CONNECTION_FD, F_SETFD, FD_CLOEXEC);
    fcntl(MESETA_DIRECTORY_FD, F_SETFD, FD_CLOEXEC);
    sigset_t all, heard;
    sigfillset(&all);
    sigprocmask(SIG_SETMASK, &all, NULL);
    sigemptyset(&heard);
    sigaddset(&heard, SIGCHLD);
    sigaddset(&heard, SIGTERM);
    sigaddset(&heard, SIGINT);
    setsid();
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    return signalfd(-1, &heard, SFD_CLOEXEC | SFD_NONBLOCK);
}

int main(int argc, char **argv) {
    (void)argv;
    struct stat directory;
    int type;
    socklen_t size = sizeof type;
    if (argc != 2 || getsockopt(MESETA_CONNECTION_FD, SOL_SOCKET, SO_TYPE, &type, &size) < 0 ||
        fstat(MESETA_DIRECTORY_FD, &directory) < 0 || !S_ISDIR(directory.st_mode)) {
        static const char help[] = "meseta-supervisor runs one container for `meseta agent`, which starts it.\n";
        (void)!write(STDERR_FILENO, help, sizeof help - 1);
        return 64;
    }
    clients[client_count++] = (struct client){.fd = MESETA_CONNECTION_FD};
    if (fchdir(MESETA_DIRECTORY_FD) < 0) return 1;
    int signals = prepare();
    if (signals < 0) fail("cannot wait for", "signals", errno);
    struct launch launch = read_launch();
    int listener = open_listener();
    start_task(&launch);
    char line[32];
    say(MESETA_CONNECTION_FD, line, (size_t)snprintf(line, sizeof line, "started %d\n", task));
    supervise(signals, listener);
}
