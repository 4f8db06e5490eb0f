/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The thread of the door, in which libzmq asks whether a key may come in (ZAP, ZeroMQ RFC
 * 27) and tells who came and went: a thread of its own, because libzmq's connections wait
 * for these answers while the collector writes.
 *
 * Request  version | request id | domain | address | routing id | mechanism |
 * credentials (32 bytes) Answer   version | request id | status | text | user id |
 * metadata
 *
 * The admitted key goes back as metadata, so that it is known of every message: a key
 * replaced by another of the same station is no longer heard either.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/bytes.h"
#include "base/door.h"

#define EVENTS    "inproc://quantrac.door"
#define ADDRESS   256
#define ZAP_PARTS 7
#define ZAP_ROOM  256

enum {
	PART_VERSION,
	PART_ID,
	PART_DOMAIN,
	PART_ADDRESS,
	PART_ROUTE,
	PART_MECHANISM,
	PART_KEY
};

struct question {
	char part[ZAP_PARTS][ZAP_ROOM];
	size_t size[ZAP_PARTS], n;
};

/* ---- questions ---- */

/* Take a question in; 1 if it is whole and of the form drawn above, else 0, or FAILED:
 * there is none, the end has come. */
static int question_read(void *socket, struct question *question)
{
	int more = 0, sound = 1;
	size_t size = sizeof more;
	question->n = 0;
	do {
		char spare[ZAP_ROOM];
		size_t i = question->n++;
		char *out = i < ZAP_PARTS ? question->part[i] : spare;
		int n = zmq_recv(socket, out, ZAP_ROOM - 1, 0);
		if (n < 0)
			return FAILED;
		if (n > ZAP_ROOM - 1)
			sound = 0;
		else if (i < ZAP_PARTS) {
			out[n] = '\0';
			question->size[i] = (size_t)n;
		}
		zmq_getsockopt(socket, ZMQ_RCVMORE, &more, &size);
	} while (more);
	return sound && question->n == ZAP_PARTS &&
	       question->size[PART_MECHANISM] == 5 &&
	       memcmp(question->part[PART_MECHANISM], "CURVE", 5) == 0 &&
	       question->size[PART_KEY] == KEY_BYTES;
}

/* One ZMTP property: name length u8, name, value length u32 big-endian, value. */
static size_t property_put(uint8_t *out, const char *name, const char *value)
{
	size_t n = strlen(name), v = strlen(value);
	out[0] = (uint8_t)n;
	memcpy(out + 1, name, n);
	put_be32(out + 1 + n, (uint32_t)v);
	memcpy(out + 5 + n, value, v);
	return 5 + n + v;
}

static void answer(
        void *socket, const struct question *question, const struct agent *agent)
{
	uint8_t metadata[128];
	size_t n = agent != NULL ? property_put(metadata, ZAP_KEY, agent->key_text) : 0;
	const char *part[] = { "1.0", question->part[PART_ID],
		agent != NULL ? "200" : "400", agent != NULL ? "OK" : "not on the list",
		agent != NULL ? agent->user : "" };
	size_t size[] = { 3, question->size[PART_ID], 3, strlen(part[3]),
		strlen(part[4]) };
	for (size_t i = 0; i < sizeof part / sizeof part[0]; i++)
		zmq_send(socket, part[i], size[i], ZMQ_SNDMORE);
	zmq_send(socket, metadata, n, 0);
}

static void note_refused(struct door *door, const struct question *question)
{
	door->counts.refused_keys++;
	if (!question->size[PART_KEY])
		return;
	zmq_z85_encode(door->counts.refused_key,
	        (const uint8_t *)question->part[PART_KEY], KEY_BYTES);
	snprintf(door->counts.refused_from, sizeof door->counts.refused_from, "%.63s",
	        question->part[PART_ADDRESS]);
}

static void answer_question(struct door *door)
{
	struct question question = { .n = 0 };
	struct agent copy;
	const struct agent *found = NULL;
	int sound = question_read(door->answers, &question);
	if (sound < 0)
		return;
	if (!sound)
		question.size[PART_KEY] = 0;
	pthread_mutex_lock(&door->lock);
	if (sound)
		found = door_agent_of_key(
		        door, (const uint8_t *)question.part[PART_KEY]);
	if (found != NULL)
		copy = *found;
	else
		note_refused(door, &question);
	pthread_mutex_unlock(&door->lock);
	answer(door->answers, &question, found != NULL ? &copy : NULL);
}

/* ---- what happens ---- */

/* In libzmq's words. */
static const struct {
	uint16_t zmq;
	enum door_event event;
} told[] = {
	{ ZMQ_EVENT_LISTENING, DOOR_LISTENS },
	{ ZMQ_EVENT_CLOSED, DOOR_DEAF },
	{ ZMQ_EVENT_MONITOR_STOPPED, DOOR_DEAF },
	{ ZMQ_EVENT_ACCEPTED, DOOR_KNOCKED },
	{ ZMQ_EVENT_ACCEPT_FAILED, DOOR_NO_DESCRIPTOR },
	{ ZMQ_EVENT_HANDSHAKE_SUCCEEDED, DOOR_CAME_IN },
	{ ZMQ_EVENT_HANDSHAKE_FAILED_NO_DETAIL, DOOR_NOT_ADMITTED },
	{ ZMQ_EVENT_HANDSHAKE_FAILED_PROTOCOL, DOOR_NOT_ADMITTED },
	{ ZMQ_EVENT_HANDSHAKE_FAILED_AUTH, DOOR_NOT_ADMITTED },
	{ ZMQ_EVENT_DISCONNECTED, DOOR_WENT },
};
#define N_TOLD (sizeof told / sizeof told[0])

static enum door_event event_of(uint16_t zmq)
{
	for (size_t i = 0; i < N_TOLD; i++)
		if (told[i].zmq == zmq)
			return told[i].event;
	return DOOR_OTHER;
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
	door_happens(door, event_of(event), value);
	pthread_mutex_unlock(&door->lock);
}

static void *door_run(void *with)
{
	struct door *door = with;
	zmq_pollitem_t item[] = {
		{ .socket = door->answers, .events = ZMQ_POLLIN },
		{ .socket = door->events, .events = ZMQ_POLLIN },
	};
	int ready;
	while ((ready = zmq_poll(item, 2, DOOR_SWEEP_MS)) >= 0 ||
	        zmq_errno() == EINTR) {
		/* interrupted: what stands in revents is of the time before */
		if (ready > 0 && item[0].revents & ZMQ_POLLIN)
			answer_question(door);
		if (ready > 0 && item[1].revents & ZMQ_POLLIN)
			count_one(door);
		pthread_mutex_lock(&door->lock);
		door_sweep(door);
		pthread_mutex_unlock(&door->lock);
	}
	zmq_close(door->answers);
	zmq_close(door->events);
	return NULL;
}

/* ---- opening and closing ---- */

int door_watch(void *router)
{
	int events = 0;
	for (size_t i = 0; i < N_TOLD; i++)
		events |= told[i].zmq;
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
	door_take_spare(door);
	pthread_mutex_init(&door->lock, NULL);
	if (door_reload(door) < 0) {
		pthread_mutex_destroy(&door->lock);
		door_give_spare(door);
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
	door_give_spare(door);
	return FAILED;
}

void door_close(struct door *door)
{
	pthread_join(door->thread, NULL);
	door_give_spare(door);
	pthread_mutex_destroy(&door->lock);
	guests_free(&door->guests);
	free(door->agent);
}
