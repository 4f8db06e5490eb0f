/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The door of the collector: who may come in, and whether there is room for him.
 *
 *     door.c         its thread, in which libzmq asks and tells; opening and closing
 *     door_list.c    whose keys are admitted
 *     door_guests.c  who is in, who goes, and the room for those who come
 */
#ifndef BASE_DOOR_H
#define BASE_DOOR_H

#include <pthread.h>

#include "base/guests.h"
#include "base/record.h"
#include "base/socket_parts.h"

struct agent {
	char user[SOURCE_SIZE + 1];
	uint8_t key[KEY_BYTES];
	char key_text[KEY_TEXT];
};

#define SPARE_MOST 64

struct door {
	pthread_mutex_t lock; /* of everything up to counts */
	struct agent *agent;  /* sorted by user */
	size_t n_agents, most_agents;
	struct server_counts counts;
	struct guests guests;
	size_t most_open;
	unsigned most_unanswered; /* 0: any number */
	bool full;                /* nobody else may come in */
	int listener; /* descriptor on which libzmq listens, -1: not known */
	/* spare: held while there is room; one more than may wait, since Linux lets
	 * one more into the queue than it was told */
	int spare[SPARE_MOST + 1], n_spare, waiting;
	int64_t swept_us; /* monotonic */
	pthread_t thread;
	void *answers, *events; /* REP of ZAP, PAIR of the monitor; the thread's own */
	char folder[4096];
};

/* Read the list, bind the ZAP answerer in `context` and start its thread.  OK or a
 * problem. */
int door_open(struct door *door, void *context, struct problem *why);
/* Follow the connections of `router` too; before it is bound.  OK or FAILED. */
int door_watch(void *router);
int door_reload(struct door *door);
/* Is this key of this user on the list?  With the lock held. */
bool door_admits(const struct door *door, const char *user, const char *key_text);
/* Is it anybody's?  With the lock held. */
bool door_lists_key(const struct door *door, const char *key_text);
/* A message came by connection `fd` (-1: not known): is its key still on the list?  If it
 * is not, or there are too many connections of it, one is cut. */
bool door_hears(struct door *door, int fd, const char *user, const char *key_text);
/* Is any key of this user on the list? */
bool door_lists(struct door *door, const char *user);
/* What came by that connection was acknowledged. */
void door_acknowledged(struct door *door, int fd);
/* After zmq_ctx_shutdown: waits for the thread, frees the list. */
void door_close(struct door *door);

/* ---- between these files; with the lock held, but for door_reload ---- */

const struct agent *door_agent_of_key(const struct door *door, const uint8_t *key);

/* What libzmq tells of its connections. */
enum door_event {
	DOOR_LISTENS,       /* by a descriptor */
	DOOR_DEAF,          /* no longer */
	DOOR_KNOCKED,       /* a connection came */
	DOOR_NO_DESCRIPTOR, /* there was none for him */
	DOOR_CAME_IN,       /* his key was admitted */
	DOOR_NOT_ADMITTED,  /* or he did not say it as one has to */
	DOOR_WENT,
	DOOR_OTHER,
};
void door_happens(struct door *door, enum door_event event, int fd);
/* Those who say nothing, or have a key that is no longer on the list, are cut; looked for
 * once in DOOR_SWEEP_MS. */
#define DOOR_SWEEP_MS 1000
void door_sweep(struct door *door);
/* Descriptors held for whoever comes while there is no other. */
void door_take_spare(struct door *door);
void door_give_spare(struct door *door);

#endif
