/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread of the door: it lets the answerer (base/zap.c) answer, counts who came and
 * went, and sees to it that there is a descriptor for everybody who is let in.
 */
#include <errno.h>
#include <linux/filter.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>
#include <zmq.h>

#include "base/socket_parts.h"

#define EVENTS   "inproc://quantrac.door"
#define ADDRESS  256
#define SWEEP_MS 1000

/* ---- room for connections ---- */

static void give_spare(struct door *door)
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
	give_spare(door);
}

static void take_spare(struct door *door)
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
	take_spare(door);
	if (door->n_spare < door->waiting)
		return; /* somebody else has them: at the next one who goes */
	door->full = false;
	if (door->listener >= 0)
		setsockopt(door->listener, SOL_SOCKET, SO_DETACH_FILTER, &unused,
		        sizeof unused);
}

/* Half of the room must be free before others are let in again: a flood then costs a
 * few openings, not one for each that gives up. */
static void note_room(struct door *door, uint16_t event)
{
	size_t open = door->counts.open;
	if (!door->full &&
	        (event == ZMQ_EVENT_ACCEPT_FAILED || open >= door->most_open))
		shut(door);
	else if (door->full && event == ZMQ_EVENT_DISCONNECTED &&
	         open <= door->most_open / 2)
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

static void note_guest(struct door *door, uint16_t event, int fd)
{
	char address[INET6_ADDRSTRLEN] = "";
	struct sockaddr_storage peer;
	if (event == ZMQ_EVENT_DISCONNECTED)
		guests_went(&door->guests, fd);
	if (event != ZMQ_EVENT_ACCEPTED)
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

/* Those who say nothing, or have a key that is no longer on the list. */
static void sweep(struct door *door)
{
	int64_t now_us = mono_us();
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

static void count_event(struct door *door, uint16_t event)
{
	struct server_counts *counts = &door->counts;
	if (event == ZMQ_EVENT_HANDSHAKE_SUCCEEDED)
		counts->accepted++;
	else if (event == ZMQ_EVENT_ACCEPTED)
		counts->open++;
	else if (event == ZMQ_EVENT_DISCONNECTED) {
		counts->disconnected++;
		counts->open -= counts->open > 0;
	} else if (event & (ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
	                           ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
	                           ZMQ_EVENT_HANDSHAKE_FAILED_AUTH))
		counts->handshake_failed++;
}

/* A monitor event: u16 event and u32 value in the machine's order, then a frame with
 * the address. */
static void count_one(struct door *door)
{
	uint8_t head[6], address[ADDRESS];
	if (zmq_recv(door->events, head, sizeof head, 0) != sizeof head)
		return;
	zmq_recv(door->events, address, sizeof address, 0);
	uint16_t event;
	int32_t value;
	memcpy(&event, head, sizeof event);
	memcpy(&value, head + 2, sizeof value);
	pthread_mutex_lock(&door->lock);
	if (event == ZMQ_EVENT_LISTENING)
		door->listener = value;
	else if (event == ZMQ_EVENT_CLOSED || event == ZMQ_EVENT_MONITOR_STOPPED)
		door->listener = -1;
	count_event(door, event);
	note_guest(door, event, value);
	note_room(door, event);
	pthread_mutex_unlock(&door->lock);
}

static void *door_run(void *with)
{
	struct door *door = with;
	zmq_pollitem_t item[] = {
		{ .socket = door->answers, .events = ZMQ_POLLIN },
		{ .socket = door->events, .events = ZMQ_POLLIN },
	};
	int64_t sweep_us = mono_us();
	int ready;
	while ((ready = zmq_poll(item, 2, SWEEP_MS)) >= 0 || zmq_errno() == EINTR) {
		/* interrupted: what stands in revents is of the time before */
		if (ready > 0 && item[0].revents & ZMQ_POLLIN)
			door_answer(door);
		if (ready > 0 && item[1].revents & ZMQ_POLLIN)
			count_one(door);
		if (mono_us() - sweep_us < SWEEP_MS * INT64_C(1000))
			continue;
		sweep_us = mono_us();
		pthread_mutex_lock(&door->lock);
		sweep(door);
		pthread_mutex_unlock(&door->lock);
	}
	zmq_close(door->answers);
	zmq_close(door->events);
	return NULL;
}

/* ---- opening and closing ---- */

int door_watch(void *router)
{
	int events = ZMQ_EVENT_LISTENING | ZMQ_EVENT_CLOSED | ZMQ_EVENT_ACCEPTED |
	             ZMQ_EVENT_ACCEPT_FAILED | ZMQ_EVENT_HANDSHAKE_SUCCEEDED |
	             ZMQ_EVENT_DISCONNECTED | ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL |
	             ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL |
	             ZMQ_EVENT_HANDSHAKE_FAILED_AUTH;
	return zmq_socket_monitor(router, EVENTS, events) == 0 ? OK : FAILED;
}

static int start_thread(struct door *door, void *context, struct problem *why)
{
	struct socket_number linger = { ZMQ_LINGER, 0 };
	door->answers = zmq_socket(context, ZMQ_REP);
	door->events = zmq_socket(context, ZMQ_PAIR);
	if (door->answers != NULL && door->events != NULL &&
	        socket_set_numbers(door->answers, &linger, 1) == OK &&
	        socket_set_numbers(door->events, &linger, 1) == OK &&
	        zmq_bind(door->answers, "inproc://zeromq.zap.01") == 0 &&
	        zmq_connect(door->events, EVENTS) == 0 &&
	        pthread_create(&door->thread, NULL, door_run, door) == 0)
		return OK;
	socket_problem(why, "cannot start", "the door of the link");
	if (door->answers != NULL)
		zmq_close(door->answers);
	if (door->events != NULL)
		zmq_close(door->events);
	return FAILED;
}

int door_open(struct door *door, void *context, struct problem *why)
{
	door->listener = -1;
	take_spare(door);
	pthread_mutex_init(&door->lock, NULL);
	if (door_reload(door) < 0) {
		pthread_mutex_destroy(&door->lock);
		give_spare(door);
		return problem_set(why, NOT_FOUND, EXIT_CONFIG,
		        "%s: cannot read the folder of agents: %s; it holds one "
		        "<station>.pub "
		        "for each cabinet that may send (`quantrac keys`)",
		        door->folder, strerror(errno));
	}
	if (start_thread(door, context, why) == OK)
		return OK;
	free(door->agent);
	guests_free(&door->guests);
	pthread_mutex_destroy(&door->lock);
	give_spare(door);
	return FAILED;
}

void door_close(struct door *door)
{
	pthread_join(door->thread, NULL);
	give_spare(door);
	pthread_mutex_destroy(&door->lock);
	guests_free(&door->guests);
	free(door->agent);
}
