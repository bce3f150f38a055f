"""The system calls of a submission, as a filter for the kernel. Run by the system's Python, beside libseccomp.

libseccomp's own Python binding is built for the system's interpreter alone (Debian: python3-seccomp), so this file is a
program: `/usr/bin/python3 seccomp_filter.py` writes the filter, as BPF, to its standard output; with the argument `gpu`
it writes the one for sandboxes that may use a GPU. It imports nothing of Stride. A call is

- allowed: what computing, memory, files, threads and child processes need;
- refused with EPERM: what a curious or careless program tries, and can go on without;
- fatal: what nothing but an attack asks for. The process is killed, and its warm process replaced;
- answered with ENOSYS: every other, also those that later kernels bring. The C library then takes its older way.
"""

from __future__ import annotations

import errno
import sys
from typing import Any

ALLOWED = {
    "files below /tmp and /dev/shm, and reading the system's": """
        access chdir chmod close close_range creat dup dup2 dup3 faccessat faccessat2 fadvise64 fallocate fchdir fchmod
        fchmodat fdatasync fstat fstatfs fsync ftruncate futimesat getcwd getdents getdents64 lgetxattr link
        linkat llistxattr lseek lstat mkdir mkdirat newfstatat open openat openat2 pread64 preadv preadv2 pwrite64
        pwritev pwritev2 read readahead readlink readlinkat readv rename renameat renameat2 rmdir sendfile splice stat
        statfs statx symlink symlinkat sync_file_range truncate umask unlink unlinkat utime utimensat utimes write
        writev""",
    "memory; executable pages too, which PyTorch's kernels write for themselves": """
        brk get_mempolicy madvise membarrier mincore mmap mprotect mremap msync munmap pkey_alloc pkey_free
        pkey_mprotect""",
    "threads, child processes, and what they wait for": """
        arch_prctl exit exit_group fork futex futex_waitv futex_wake futex_wait get_robust_list getpid getppid
        getpgid getpgrp getsid gettid restart_syscall rseq sched_get_priority_max sched_get_priority_min
        sched_getaffinity sched_getattr sched_getparam sched_getscheduler sched_rr_get_interval sched_yield
        set_robust_list set_tid_address setpgid setsid vfork wait4 waitid getcpu""",
    "signals, which reach nobody outside the pid namespace": """
        alarm pause pidfd_open rt_sigaction rt_sigpending rt_sigprocmask rt_sigreturn rt_sigsuspend rt_sigtimedwait
        sigaltstack signalfd signalfd4""",
    "clocks, and the one timer that does not wake a process that is stopped": """
        clock_getres clock_gettime clock_nanosleep getitimer gettimeofday nanosleep setitimer time times""",
    "waiting for descriptors, pipes, and pairs of connected sockets": """
        epoll_create epoll_create1 epoll_ctl epoll_pwait epoll_pwait2 epoll_wait eventfd eventfd2 pipe pipe2 poll ppoll
        pselect6 select getpeername getsockname getsockopt recvfrom recvmmsg recvmsg sendmmsg sendmsg sendto setsockopt
        shutdown""",
    "questions about the process and the machine": """
        capget getegid geteuid getgid getgroups getpriority getrandom getresgid getresuid getrlimit getrusage getuid
        sysinfo uname""",
}

REFUSED = """
    accept accept4 acct bind capset chown connect execve execveat fchown fchownat flock fsetxattr inotify_init
    inotify_init1 io_setup ioprio_set lchown listen lsetxattr mbind memfd_create memfd_secret migrate_pages
    mknod mknodat mlock mlock2 mlockall mq_open mq_unlink msgctl msgget msgrcv msgsnd nice removexattr
    sched_setaffinity sched_setattr sched_setparam sched_setscheduler semctl semget semop semtimedop
    set_mempolicy setdomainname setfsgid setfsuid setgid setgroups sethostname setpriority setregid setresgid
    setresuid setreuid setrlimit setuid setxattr shmat shmctl shmdt shmget socket syslog timer_create timerfd_create
"""

FATAL = """
    add_key adjtimex bpf chroot clock_adjtime clock_settime delete_module finit_module fsconfig fsmount fsopen fspick
    init_module io_uring_enter io_uring_register io_uring_setup ioperm iopl kcmp kexec_file_load kexec_load keyctl
    lookup_dcookie modify_ldt mount mount_setattr move_mount name_to_handle_at open_by_handle_at open_tree
    perf_event_open personality pidfd_getfd pivot_root process_madvise process_mrelease process_vm_readv
    process_vm_writev ptrace quotactl quotactl_fd reboot request_key setns settimeofday swapoff swapon umount umount2
    unshare uselib userfaultfd ustat vhangup vmsplice
"""

CLONE_NEW = (0x20000, 0x2000000, 0x4000000, 0x8000000, 0x10000000, 0x20000000, 0x40000000)
"""clone's flags for mount, cgroup, uts, ipc, user, pid and network namespaces (linux/sched.h)."""

AF_UNIX = 1
IOCTLS = (0x5401, 0x5413, 0x541B, 0x5421, 0x5450, 0x5451)
"""TCGETS, TIOCGWINSZ, FIONREAD, FIONBIO, FIONCLEX, FIOCLEX (asm-generic/ioctls.h)."""

PRCTLS = (1, 2, 3, 15, 16, 21, 39, 0x53564D41)
"""PR_SET/GET_PDEATHSIG, PR_GET_DUMPABLE, PR_SET/GET_NAME, PR_GET_SECCOMP, PR_GET_NO_NEW_PRIVS, PR_SET_VMA."""


FCNTLS = (0, 1, 2, 3, 4, 5, 6, 7, 9, 11, 16, 36, 37, 38, 1025, 1030, 1031, 1032, 1033, 1034)
"""F_DUPFD, F_GETFD, F_SETFD, F_GETFL, F_SETFL, F_GETLK, F_SETLK, F_SETLKW, F_GETOWN, F_GETSIG, F_GETOWN_EX,
F_OFD_GETLK, F_OFD_SETLK, F_OFD_SETLKW, F_GETLEASE, F_DUPFD_CLOEXEC, F_SETPIPE_SZ, F_GETPIPE_SZ, F_ADD_SEALS and
F_GET_SEALS (asm-generic/fcntl.h, linux/fcntl.h)."""

SENDING = (("kill", 1), ("tkill", 1), ("pidfd_send_signal", 1), ("tgkill", 2))
"""The calls that send a signal, with the place of its number among their arguments."""

SIGCONT, SIGNAL_BITS = 18, 7
"""The one signal that nobody may send: a process that the judge has stopped would go on while another one is timed."""

SIGNALS_BY_FILES = (8, 10, 15, 1024, 1026)
"""F_SETOWN, F_SETSIG, F_SETOWN_EX, F_SETLEASE and F_NOTIFY: by them the kernel sends SIGCONT, when a pipe is read for
instance."""

NVIDIA_IOCTL, NVIDIA_IOCTLS = 0x4600, 0xFF00
"""The driver's own: type `F` in the second byte (open-gpu-kernel-modules, nv-ioctl-numbers.h), with what mask."""

UVM_IOCTLS = (0x30000001, 0x30000002)
"""UVM_INITIALIZE and UVM_DEINITIALIZE; the others of nvidia-uvm are small numbers without a type (uvm_ioctl.h)."""

SMALL = 0xFFFFFF80
"""Mask of the bits that a number below 128 does not have."""


def build(seccomp: Any, *, gpu: bool = False) -> Any:
    """The filter, with libseccomp's binding given as a module. Names that it does not know stay at ENOSYS."""
    rules = seccomp.SyscallFilter(seccomp.ERRNO(errno.ENOSYS))
    rules.set_attr(seccomp.Attr.ACT_BADARCH, seccomp.KILL_PROCESS)
    rules.set_attr(seccomp.Attr.CTL_OPTIMIZE, 2)
    for names in ALLOWED.values():
        _add(rules, seccomp, seccomp.ALLOW, names)
    refused = REFUSED.replace(" execve ", " ") if gpu else REFUSED
    _add(rules, seccomp, seccomp.ERRNO(errno.EPERM), refused)
    _add(rules, seccomp, seccomp.KILL_PROCESS, FATAL)
    _add_by_argument(rules, seccomp)
    if gpu:
        _add_for_gpu(rules, seccomp)
    return rules


def _add(rules: Any, seccomp: Any, action: int, names: str) -> None:
    for name in names.split():
        if seccomp.resolve_syscall(seccomp.Arch(), name) != -1:
            rules.add_rule(action, name)


def _add_by_argument(rules: Any, seccomp: Any) -> None:
    """The calls that are harmless with some arguments: libseccomp takes the strictest rule that fits."""
    same, masked = seccomp.EQ, seccomp.MASKED_EQ
    spaces = sum(CLONE_NEW)
    rules.add_rule(seccomp.ALLOW, "clone", seccomp.Arg(0, masked, spaces, 0))
    for flag in CLONE_NEW:
        rules.add_rule(seccomp.KILL_PROCESS, "clone", seccomp.Arg(0, masked, flag, flag))
    rules.add_rule(seccomp.ALLOW, "socketpair", seccomp.Arg(0, same, AF_UNIX))
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "socketpair", seccomp.Arg(0, seccomp.NE, AF_UNIX))
    rules.add_rule(seccomp.ALLOW, "prlimit64", seccomp.Arg(2, same, 0))
    rules.add_rule(seccomp.ERRNO(errno.EPERM), "prlimit64", seccomp.Arg(2, seccomp.NE, 0))
    _add_signals(rules, seccomp)
    for command in FCNTLS:
        rules.add_rule(seccomp.ALLOW, "fcntl", seccomp.Arg(1, masked, 0xFFFFFFFF, command))
    for command in SIGNALS_BY_FILES:
        rules.add_rule(seccomp.ERRNO(errno.EPERM), "fcntl", seccomp.Arg(1, masked, 0xFFFFFFFF, command))
    for number in IOCTLS:
        rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, masked, 0xFFFFFFFF, number))
    for option in PRCTLS:
        rules.add_rule(seccomp.ALLOW, "prctl", seccomp.Arg(0, masked, 0xFFFFFFFF, option))


def _add_signals(rules: Any, seccomp: Any) -> None:
    """Every signal but SIGCONT: numbers that differ from its own in one bit at least."""
    masked = seccomp.MASKED_EQ
    for call, place in SENDING:
        for bit in (1 << each for each in range(SIGNAL_BITS)):
            rules.add_rule(seccomp.ALLOW, call, seccomp.Arg(place, masked, bit, ~SIGCONT & bit))
        rules.add_rule(seccomp.ERRNO(errno.EPERM), call, seccomp.Arg(place, masked, 0xFFFFFFFF, SIGCONT))


def _add_for_gpu(rules: Any, seccomp: Any) -> None:
    """What CUDA's driver is asked by, and programs: Triton starts an assembler."""
    masked = seccomp.MASKED_EQ
    rules.add_rule(seccomp.ALLOW, "execve")
    rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, masked, NVIDIA_IOCTLS, NVIDIA_IOCTL))
    rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, masked, SMALL, 0))
    for number in UVM_IOCTLS:
        rules.add_rule(seccomp.ALLOW, "ioctl", seccomp.Arg(1, masked, 0xFFFFFFFF, number))


def main() -> None:
    """Write the filter to standard output."""
    import seccomp

    build(seccomp, gpu="gpu" in sys.argv[1:]).export_bpf(sys.stdout.buffer)


if __name__ == "__main__":
    main()
