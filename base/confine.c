/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/confine.h"

#include <seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <unistd.h>

#include "base/status.h"

/* The sanitizer reserves terabytes of address space for its shadow. */
#ifdef __SANITIZE_ADDRESS__
#define SHADOWED true
#else
#define SHADOWED false
#endif

static bool limit(__rlimit_resource_t what, rlim_t most)
{
	struct rlimit both = { most, most };
	return setrlimit(what, &both) == 0;
}

static bool limits_set(const struct confinement *confinement)
{
	if (confinement->memory > 0 && !SHADOWED &&
	        !limit(RLIMIT_AS, confinement->memory))
		return false;
	return limit(RLIMIT_CORE, 0) && limit(RLIMIT_FSIZE, 0) &&
	       limit(RLIMIT_NPROC, 0) && limit(RLIMIT_CPU, confinement->cpu_s) &&
	       limit(RLIMIT_NOFILE, 1);
}

static bool descriptors_drop(int answer)
{
	if (dup2(answer, 0) != 0)
		return false;
	return close_range(1, ~0U, 0) == 0;
}

/* What malloc and a normal end need.  Memory may be had, but not from a file, and never
 * made executable. */
static int calls_allow(scmp_filter_ctx filter)
{
	static const int calls[] = { SCMP_SYS(brk), SCMP_SYS(munmap), SCMP_SYS(mremap),
		SCMP_SYS(madvise), SCMP_SYS(futex), SCMP_SYS(sched_yield),
		SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(sysinfo) /* qsort asks how much memory there is */,
		SCMP_SYS(sigaltstack),
		SCMP_SYS(clock_nanosleep) /* libhdf5, before it reads again */,
		SCMP_SYS(exit), SCMP_SYS(exit_group) };
	int bad = seccomp_rule_add(
	        filter, SCMP_ACT_ALLOW, SCMP_SYS(write), 1, SCMP_A0(SCMP_CMP_EQ, 0));
	bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2,
	        SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0),
	        SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS));
	bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1,
	        SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0));
	for (size_t i = 0; i < sizeof calls / sizeof calls[0]; i++)
		bad |= seccomp_rule_add(filter, SCMP_ACT_ALLOW, calls[i], 0);
	return bad;
}

static bool calls_drop(void)
{
	scmp_filter_ctx filter = seccomp_init(SCMP_ACT_KILL_PROCESS);
	bool dropped =
	        filter != NULL && calls_allow(filter) == 0 && seccomp_load(filter) == 0;
	if (filter != NULL)
		seccomp_release(filter);
	return dropped;
}

/* A crash ends the process at once and tells its number; nobody's handler looks round
 * first. */
static void signals_drop(void)
{
	static const int crash[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT,
		SIGALRM };
	for (size_t i = 0; i < sizeof crash / sizeof crash[0]; i++)
		signal(crash[i], SIG_DFL);
}

int confine_self(const struct confinement *confinement)
{
	signals_drop();
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) == 0 &&
	                       descriptors_drop(confinement->answer) &&
	                       limits_set(confinement) && calls_drop()
	               ? OK
	               : FAILED;
}
