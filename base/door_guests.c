/* SPDX-License-Identifier: GPL-3.0-or-later */
/* Who came and went, and that there is a descriptor for everybody who is let in. */
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/door.h"

/* ---- room for connections ---- */

void door_give_spare(struct door *door)
{
	while (door->n_spare > 0)
		close(door->spare[--door->n_spare]);
}

/* libzmq tries again without a pause for as long as somebody waits outside and there is
 * no descriptor for him.  So nobody is let as far as that: the listening socket gets a
 * filter through which no packet passes (who knocks meanwhile knocks again, TCP does that
 * by itself), and the spare descriptors are given up to those who stand in its queue
 * already.  To stop listening would be simpler, but libzmq then drops everybody who came
 * in that way. */
static void shut(struct door *door)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = { .len = 1, .filter = &nothing };
	door->full = true;
	door->counts.closed++;
	if (door->listener >= 0)
		setsockopt(door->listener, SOL_SOCKET, SO_ATTACH_FILTER, &filter,
		        sizeof filter);
	door_give_spare(door);
}

void door_take_spare(struct door *door)
{
	while (door->n_spare < door->waiting) {
		int fd = eventfd(0, EFD_CLOEXEC);
		if (fd < 0)
			return;
		door->spare[door->n_spare++] = fd;
	}
}

static void open_again(struct door *door)
{
	int unused = 0;
	door_take_spare(door);
	if (door->n_spare < door->waiting)
		return; /* somebody else has them: at the next one who goes */
	door->full = false;
	if (door->listener >= 0)
		setsockopt(door->listener, SOL_SOCKET, SO_DETACH_FILTER, &unused,
		        sizeof unused);
}

/* Half of the room must be free before others are let in again: a flood then costs a
 * few openings, not one for each that gives up. */
static void note_room(struct door *door, enum door_event event)
{
	size_t open = door->counts.open;
	if (!door->full && (event == DOOR_NO_DESCRIPTOR || open >= door->most_open))
		shut(door);
	else if (door->full && event == DOOR_WENT && open <= door->most_open / 2)
		open_again(door);
}

/* ---- who is in ---- */

static int64_t mono_us(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec * INT64_C(1000000) + now.tv_nsec / 1000;
}

/* Who is at the other end; guests_origin of it. */
static uint64_t peer_of(int fd, struct sockaddr_storage *peer)
{
	socklen_t size = sizeof *peer;
	peer->ss_family = AF_UNSPEC;
	return getpeername(fd, (struct sockaddr *)peer, &size) == 0
	               ? guests_origin(peer)
	               : 0;
}

/* Lets libzmq find the end of a connection: nothing more comes in by it, and its other end hears of that at
 * once.  What libzmq still writes is let out: an answer to a heartbeat that fails ends the program (libzmq
 * issue 4364).  A descriptor that is another's by now is left alone: false. */
static bool cut(struct door *door, int fd)
{
	struct sock_filter nothing = BPF_STMT(BPF_RET | BPF_K, 0);
	struct sock_fprog filter = { .len = 1, .filter = &nothing };
	struct linger at_once = { .l_onoff = 1 };
	struct sockaddr_storage peer;
	const struct guest *guest = guests_of(&door->guests, fd);
	if (guest == NULL || guest->origin == 0 || guest->origin != peer_of(fd, &peer))
		return false;
	setsockopt(fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof at_once);
	setsockopt(fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
	shutdown(fd, SHUT_RD);
	guests_went(&door->guests, fd);
	return true;
}

static void note_crowd(struct door *door, const char *who)
{
	door->counts.crowded++;
	snprintf(door->counts.crowd, sizeof door->counts.crowd, "%s", who);
}

static void note_guest(struct door *door, enum door_event event, int fd)
{
	char address[INET6_ADDRSTRLEN] = "";
	struct sockaddr_storage peer;
	if (event == DOOR_WENT)
		guests_went(&door->guests, fd);
	if (event != DOOR_KNOCKED)
		return;
	/* the half is enough for all cabinets, should they come from one address */
	size_t most = door->most_open / 2;
	int fd_beyond =
	        guests_came(&door->guests, fd, peer_of(fd, &peer), most, mono_us());
	if (fd_beyond < 0)
		return;
	getnameinfo((struct sockaddr *)&peer, sizeof peer, address, sizeof address,
	        NULL, 0, NI_NUMERICHOST);
	if (cut(door, fd_beyond))
		note_crowd(door, address);
}

void door_sweep(struct door *door)
{
	int64_t now_us = mono_us();
	if (now_us - door->swept_us < DOOR_SWEEP_MS * INT64_C(1000))
		return;
	door->swept_us = now_us;
	for (size_t i = 0; i < door->guests.room; i++) {
		const struct guest *guest = &door->guests.guest[i];
		if (guest_is_silent(guest, now_us) && !door_lists_key(door, guest->key))
			cut(door, (int)i);
	}
}

/* A message by an admitted key; its oldest connection goes when there are too many, and the one that does not
 * wait for answers: it would come to libzmq's mark and, hanging up, end the program (libzmq issue 4364). */
static void note_heard(
        struct door *door, int fd, const char *user, const char *key_text)
{
	int beyond = guests_heard(&door->guests, fd, key_text, mono_us());
	if (beyond >= 0 && cut(door, beyond))
		note_crowd(door, user);
	if (door->most_unanswered == 0 ||
	        !guests_floods(&door->guests, fd, door->most_unanswered, mono_us()) ||
	        !cut(door, fd))
		return;
	door->counts.floods++;
	snprintf(
	        door->counts.flood_user, sizeof door->counts.flood_user, "%.16s", user);
}

static void note_unheard(struct door *door, int fd, const char *user)
{
	door->counts.silent_users++;
	snprintf(door->counts.silent_user, sizeof door->counts.silent_user, "%.16s",
	        user);
	cut(door, fd);
}

bool door_hears(struct door *door, int fd, const char *user, const char *key_text)
{
	if (user == NULL || key_text == NULL)
		return false;
	pthread_mutex_lock(&door->lock);
	bool known = door_admits(door, user, key_text);
	if (known)
		note_heard(door, fd, user, key_text);
	else
		note_unheard(door, fd, user);
	pthread_mutex_unlock(&door->lock);
	return known;
}

void door_acknowledged(struct door *door, int fd)
{
	pthread_mutex_lock(&door->lock);
	guests_acknowledged(&door->guests, fd);
	pthread_mutex_unlock(&door->lock);
}

/* ---- what happens ---- */

static void count_event(struct door *door, enum door_event event)
{
	struct server_counts *counts = &door->counts;
	if (event == DOOR_CAME_IN)
		counts->accepted++;
	else if (event == DOOR_KNOCKED)
		counts->open++;
	else if (event == DOOR_WENT) {
		counts->disconnected++;
		counts->open -= counts->open > 0;
	} else if (event == DOOR_NOT_ADMITTED)
		counts->handshake_failed++;
}

void door_happens(struct door *door, enum door_event event, int fd)
{
	if (event == DOOR_LISTENS)
		door->listener = fd;
	else if (event == DOOR_DEAF)
		door->listener = -1;
	count_event(door, event);
	note_guest(door, event, fd);
	note_room(door, event);
}
