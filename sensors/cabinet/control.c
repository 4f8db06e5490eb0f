/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The socket for orders: sensord's side. */
#include "sensors/cabinet/control.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

/* A socket's name holds 107 characters, a folder's may be longer. */
static int name_below(int folder, struct sockaddr_un *out)
{
	*out = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(out->sun_path, sizeof out->sun_path, "/proc/self/fd/%d/%s", folder,
	        CONTROL_FILE);
	return folder;
}

static int listen_below(int folder)
{
	struct sockaddr_un name;
	int fd = socket(AF_UNIX, SOCK_SEQPACKET | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	name_below(folder, &name);
	unlinkat(
	        folder, CONTROL_FILE, 0); /* of one that was killed: the lock is ours */
	/* nobody else may while it is made; then the group too, whatever the umask says */
	if (fchmod(fd, 0600) == 0 &&
	        bind(fd, (const struct sockaddr *)&name, sizeof name) == 0 &&
	        fchmodat(folder, CONTROL_FILE, 0660, 0) == 0 &&
	        listen(fd, CONTROL_CLIENTS) == 0)
		return fd;
	int error = errno;
	close(fd);
	errno = error;
	return -1;
}

void control_init(struct control *control, const struct cabinet_note *note)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		control->client[i].fd = -1;
	control->fd = -1;
	control->note = note;
}

int control_open(struct control *control, const char *folder, struct problem *why)
{
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at >= 0)
		control->fd = listen_below(at);
	int error = errno;
	if (at >= 0)
		close(at);
	if (control->fd >= 0)
		return OK;
	return problem_set(why, FAILED, EXIT_CONFIG, "%s/%s: %s", folder, CONTROL_FILE,
	        strerrordesc_np(error));
}

static void drop(struct control_client *client)
{
	if (client->fd >= 0)
		close(client->fd);
	client->fd = -1;
	client->waits = false;
	client->version = 0;
}

size_t control_descriptors(struct control *control, struct pollfd *out, size_t at)
{
	size_t n = 0;
	for (size_t i = 0; i < CONTROL_DESCRIPTORS; i++) {
		int fd = i < CONTROL_CLIENTS ? control->client[i].fd : control->fd;
		control->slot[i] = SIZE_MAX;
		if (fd < 0)
			continue;
		out[n] = (struct pollfd){ .fd = fd, .events = POLLIN };
		control->slot[i] = at + n++;
	}
	return n;
}

int64_t control_due_us(const struct control *control)
{
	int64_t due_us = INT64_MAX;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (control->client[i].fd >= 0 && control->client[i].until_us < due_us)
			due_us = control->client[i].until_us;
	return due_us;
}

/* ---- who it is ---- */

/* "minh (uid 1001)".  From the file alone: a directory service may be far away, and nothing here waits. */
static void name_of(uid_t uid, char *out, size_t room)
{
	struct passwd entry, *found = NULL;
	char texts[1024];
	FILE *file = fopen("/etc/passwd", "re");
	while (file != NULL &&
	        fgetpwent_r(file, &entry, texts, sizeof texts, &found) == 0 &&
	        entry.pw_uid != uid)
		found = NULL;
	if (file != NULL)
		fclose(file);
	if (found != NULL)
		snprintf(out, room, "%.64s (uid %u)", found->pw_name, (unsigned)uid);
	else
		snprintf(out, room, "uid %u", (unsigned)uid);
}

/* Who logged in, behind a sudo; the kernel keeps it for every process (proc(5), loginuid). */
static bool login_of(pid_t pid, uid_t *uid)
{
	char path[64];
	unsigned number;
	snprintf(path, sizeof path, "/proc/%ld/loginuid", (long)pid);
	FILE *file = fopen(path, "re");
	if (file == NULL)
		return false;
	bool found = fscanf(file, "%u", &number) == 1 && number != UINT32_MAX;
	fclose(file);
	*uid = number;
	return found;
}

static int who_is(int fd, char *out, size_t room)
{
	struct ucred peer;
	socklen_t size = sizeof peer;
	uid_t login;
	char name[96], other[96];
	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0)
		return FAILED;
	name_of(peer.uid, name, sizeof name);
	if (login_of(peer.pid, &login) && login != peer.uid) {
		name_of(login, other, sizeof other);
		snprintf(out, room, "%s, logged in as %s", name, other);
	} else {
		snprintf(out, room, "%s", name);
	}
	return OK;
}

/* ---- orders ---- */

static void answer(
        struct control_client *client, enum control_outcome outcome, const char *text)
{
	char message[CONTROL_MOST + CONTROL_HEAD];
	int n = snprintf(message, sizeof message, "%s\n%.*s", control_head(outcome),
	        CONTROL_MOST - 1, text);
	/* who does not wait for it misses it */
	send(client->fd, message, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
	drop(client);
}

void control_done(
        struct control *control, enum control_outcome outcome, const char *text)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (control->client[i].waits && control->client[i].version == 0)
			answer(&control->client[i], outcome, text);
}

static bool is_kept(const struct control *control, uint64_t version)
{
	return atomic_load(&control->note->written) >= version;
}

/* It was done; whether a restart remembers it. */
static void answer_kept(const struct control *control, struct control_client *client)
{
	bool kept = is_kept(control, client->version);
	answer(client, kept ? CONTROL_OK : CONTROL_UNKEPT, client->text);
}

bool control_waits_for_disk(const struct control *control)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++)
		if (control->client[i].version != 0)
			return true;
	return false;
}

/* Its order is done, or will be: who waits, and until when. */
static void wait_or_answer(struct control *control, struct control_client *client,
        enum control_outcome outcome, const struct moment *now)
{
	uint64_t version = control->note->version;
	bool kept = outcome != CONTROL_OK || is_kept(control, version);
	client->waits = outcome == CONTROL_LATER || !kept;
	client->until_us = INT64_MAX;
	if (!client->waits)
		answer(client, outcome, client->text);
	else if (outcome == CONTROL_OK) {
		client->version = version;
		client->until_us = now->mono_us + CONTROL_WAIT_US;
	}
}

static void hear(struct control *control, struct control_client *client,
        const struct control_hooks *hooks, const struct moment *now)
{
	char message[CONTROL_MOST + 1], who[224], *text = client->text;
	struct order order;
	ssize_t n = recv(client->fd, message, sizeof message, MSG_DONTWAIT);
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n <= 0 || client->waits) { /* nobody waits for it any more */
		drop(client);
		return;
	}
	client->text[0] = '\0';
	int status =
	        n <= CONTROL_MOST ? order_parse(&order, message, (size_t)n) : MALFORMED;
	enum control_outcome outcome = CONTROL_NOT;
	if (status == REFUSED) {
		outcome = CONTROL_REASON;
		snprintf(text, CONTROL_MOST, "%s", order_reason_wanted);
	} else if (status != OK)
		snprintf(text, CONTROL_MOST,
		        "this is no order of quantrac " QUANTRAC_VERSION);
	else if (who_is(client->fd, who, sizeof who) != OK)
		snprintf(text, CONTROL_MOST, "the kernel does not say who you are");
	else
		outcome = hooks->carry_out(hooks->context, &order, who, text);
	wait_or_answer(control, client, outcome, now);
}

static void let_in(struct control *control, const struct moment *now)
{
	int fd = accept4(control->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	if (fd < 0)
		return;
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *client = &control->client[i];
		if (client->fd >= 0)
			continue;
		client->fd = fd;
		client->until_us = now->mono_us + CONTROL_WAIT_US;
		return;
	}
	close(fd);
}

void control_step(struct control *control, const struct pollfd *fds,
        const struct control_hooks *hooks, const struct moment *now)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *client = &control->client[i];
		size_t slot = control->slot[i];
		if (client->fd < 0)
			continue;
		if (fds != NULL && slot != SIZE_MAX && fds[slot].revents != 0)
			hear(control, client, hooks, now);
		else if (client->version != 0 &&
		         (is_kept(control, client->version) ||
		                 now->mono_us >= client->until_us))
			answer_kept(control, client);
		else if (now->mono_us >= client->until_us)
			drop(client);
	}
	size_t slot = control->slot[CONTROL_CLIENTS];
	if (control->fd >= 0 && fds != NULL && slot != SIZE_MAX &&
	        fds[slot].revents != 0)
		let_in(control, now);
}

void control_close(struct control *control, const char *folder)
{
	for (size_t i = 0; i < CONTROL_CLIENTS; i++) {
		struct control_client *client = &control->client[i];
		if (client->version != 0)
			answer_kept(control, client);
		drop(client);
	}
	if (control->fd < 0)
		return;
	close(control->fd);
	control->fd = -1;
	int at = open(folder, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (at < 0)
		return;
	unlinkat(at, CONTROL_FILE, 0);
	close(at);
}
