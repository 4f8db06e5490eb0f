/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/ports/holder.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

struct look {
	struct hold *out;
	const char *root;
	const char *path, *name; /* "/dev/ttyUSB0", "ttyUSB0" */
	struct stat st;
};

__attribute__((format(printf, 3, 4))) static size_t read_small(
        char *out, size_t room, const char *format, ...)
{
	char path[PATH_MAX];
	va_list args;
	va_start(args, format);
	vsnprintf(path, sizeof path, format, args);
	va_end(args);
	out[0] = '\0';
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n = fd >= 0 ? read(fd, out, room - 1) : -1;
	if (fd >= 0)
		close(fd);
	out[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

/* ---- processes ---- */

/* comm is cut after 15 characters; the first word of the command line is not, but may be
 * anything. */
static void name_of(const struct look *look, long pid, char *out, size_t room)
{
	char comm[64], line[PATH_MAX];
	read_small(comm, sizeof comm, "%s/proc/%ld/comm", look->root, pid);
	comm[strcspn(comm, "\n")] = '\0';
	read_small(line, sizeof line, "%s/proc/%ld/cmdline", look->root, pid);
	const char *slash = strrchr(line, '/');
	const char *base = slash != NULL ? slash + 1 : line;
	if (comm[0] == '\0')
		snprintf(out, room, "a program");
	else if (strncmp(base, comm, strlen(comm)) == 0)
		snprintf(out, room, "%.*s", (int)strcspn(base, " "), base);
	else
		snprintf(out, room, "%s", comm);
}

static void add(const struct look *look, long pid, enum holding how)
{
	struct hold *out = look->out;
	if (pid == (long)getpid())
		return;
	for (size_t i = 0; i < out->n; i++)
		if (out->holder[i].pid == pid)
			return;
	if (out->n == HOLDERS)
		return;
	struct holder *one = &out->holder[out->n++];
	one->pid = pid;
	one->how = how;
	name_of(look, pid, one->name, sizeof one->name);
}

static bool has_open(const struct look *look, long pid)
{
	char folder[PATH_MAX], target[PATH_MAX];
	struct dirent *entry;
	bool found = false;
	snprintf(folder, sizeof folder, "%s/proc/%ld/fd", look->root, pid);
	DIR *dir = opendir(folder);
	while (dir != NULL && !found && (entry = readdir(dir)) != NULL) {
		ssize_t n = readlinkat(
		        dirfd(dir), entry->d_name, target, sizeof target - 1);
		target[n > 0 ? n : 0] = '\0';
		found = strcmp(target, look->path) == 0;
	}
	if (dir != NULL)
		closedir(dir);
	return found;
}

/* "agetty" with the terminal's name among its words. */
static bool is_getty(const struct look *look, long pid)
{
	char name[64], line[PATH_MAX];
	read_small(name, sizeof name, "%s/proc/%ld/comm", look->root, pid);
	if (strstr(name, "getty") == NULL)
		return false;
	size_t n =
	        read_small(line, sizeof line, "%s/proc/%ld/cmdline", look->root, pid);
	for (size_t at = 0; at < n; at += strlen(line + at) + 1)
		if (strcmp(line + at, look->name) == 0 ||
		        strcmp(line + at, look->path) == 0)
			return true;
	return false;
}

static bool told_to_leave(const struct look *look)
{
	char text[8192];
	read_small(text, sizeof text, "%s/run/udev/data/c%u:%u", look->root,
	        major(look->st.st_rdev), minor(look->st.st_rdev));
	return strstr(text, "ID_MM_DEVICE_IGNORE=1") != NULL ||
	       strstr(text, "ID_MM_PORT_IGNORE=1") != NULL;
}

static void look_at_process(const struct look *look, long pid)
{
	char name[64];
	if (is_getty(look, pid))
		add(look, pid, HOLDS_LOGIN);
	else if (has_open(look, pid))
		add(look, pid, HOLDS_OPEN);
	read_small(name, sizeof name, "%s/proc/%ld/comm", look->root, pid);
	if (strcmp(name, "ModemManager\n") == 0)
		look->out->modem_manager = !told_to_leave(look);
}

static void look_at_processes(const struct look *look)
{
	char path[PATH_MAX];
	struct dirent *entry;
	snprintf(path, sizeof path, "%s/proc", look->root);
	DIR *dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		if (isdigit((unsigned char)entry->d_name[0]))
			look_at_process(look, strtol(entry->d_name, NULL, 10));
	if (dir != NULL)
		closedir(dir);
}

/* ---- locks, consoles, permission ---- */

/* "812: FLOCK  ADVISORY  WRITE 4711 00:05:123 0 EOF": who has locked this inode; their number. */
static size_t lockers(const struct look *look, long pid[HOLDERS])
{
	char path[PATH_MAX], line[256];
	size_t n = 0;
	snprintf(path, sizeof path, "%s/proc/locks", look->root);
	FILE *in = fopen(path, "re");
	while (n < HOLDERS && in != NULL && fgets(line, sizeof line, in) != NULL) {
		unsigned major_number, minor_number;
		unsigned long inode;
		if (sscanf(line, "%*d: FLOCK %*s %*s %ld %x:%x:%lu", &pid[n],
		            &major_number, &minor_number, &inode) == 4 &&
		        inode == look->st.st_ino &&
		        major_number == major(look->st.st_dev) &&
		        minor_number == minor(look->st.st_dev))
			n++;
	}
	if (in != NULL)
		fclose(in);
	return n;
}

static void look_at_locks(const struct look *look)
{
	long pid[HOLDERS];
	size_t n = lockers(look, pid);
	for (size_t i = 0; i < n; i++)
		add(look, pid[i], HOLDS_LOCK);
}

bool hold_locker(struct holder *out, const char *path)
{
	long pid[HOLDERS];
	struct look look = { .root = "" };
	if (stat(path, &look.st) != 0 || lockers(&look, pid) == 0 || pid[0] <= 0)
		return false;
	*out = (struct holder){ .pid = pid[0], .how = HOLDS_LOCK };
	name_of(&look, out->pid, out->name, sizeof out->name);
	return true;
}

/* "ttyS0                -W- (EC p a)    4:64" */
static void look_at_consoles(const struct look *look)
{
	char text[4096], *rest = NULL;
	read_small(text, sizeof text, "%s/proc/consoles", look->root);
	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	        line = strtok_r(NULL, "\n", &rest)) {
		line[strcspn(line, " ")] = '\0';
		if (strcmp(line, look->name) == 0)
			look->out->console = true;
	}
}

static void look_at_permission(const struct look *look)
{
	const struct group *group = getgrgid(look->st.st_gid);
	if (faccessat(AT_FDCWD, look->path, R_OK | W_OK, AT_EACCESS) == 0)
		return;
	look->out->forbidden = errno == EACCES || errno == EPERM;
	if (group != NULL)
		snprintf(look->out->group, sizeof look->out->group, "%s",
		        group->gr_name);
}

void hold_tell_forbidden(const char *path, char out[HOLD_FORBIDDEN])
{
	struct stat st;
	const struct group *group = stat(path, &st) == 0 ? getgrgid(st.st_gid) : NULL;
	if (group != NULL && strcmp(group->gr_name, "root") != 0)
		snprintf(out, HOLD_FORBIDDEN,
		        "this user may not open it; sudo adduser $USER %s, then log in "
		        "again",
		        group->gr_name);
	else
		snprintf(out, HOLD_FORBIDDEN,
		        "this user may not open it; run this with sudo");
}

void hold_look(struct hold *out, const char *path, const char *root)
{
	char real[PATH_MAX];
	struct look look = { .out = out, .root = root, .path = real };
	*out = (struct hold){ 0 };
	if (realpath(path, real) == NULL || stat(real, &look.st) != 0) {
		out->missing = true;
		return;
	}
	look.name = strncmp(real, "/dev/", 5) == 0 ? real + 5 : strrchr(real, '/') + 1;
	look_at_permission(&look);
	look_at_consoles(&look);
	look_at_locks(&look);
	look_at_processes(&look);
}

bool hold_taken(const struct hold *hold)
{
	return hold->n > 0 || hold->console;
}
