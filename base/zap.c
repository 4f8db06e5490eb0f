/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * The door: answers libzmq's question whether a key may come in (ZAP, ZeroMQ RFC 27),
 * from a list of <station>.pub files.  In a thread of its own (base/door.c), because
 * libzmq's connections wait for its answers while the collector writes.
 *
 * Request  version | request id | domain | address | routing id | mechanism |
 * credentials (32 bytes) Answer   version | request id | status | text | user id |
 * metadata
 *
 * The admitted key goes back as metadata, so that it is known of every message: a key
 * replaced by another of the same station is no longer heard either.
 */
#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zmq.h>

#include "base/bytes.h"
#include "base/log.h"
#include "base/socket_parts.h"

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

/* ---- the list ---- */

static int agent_order(const void *a, const void *b)
{
	return strcmp(((const struct agent *)a)->user, ((const struct agent *)b)->user);
}

/* Station of "<station>.pub"; 1, or 0: another file. */
static int name_of(const char *folder, const char *file, char user[SOURCE_SIZE + 1])
{
	const char *dot = strrchr(file, '.');
	if (dot == NULL || strcmp(dot, ".pub") != 0)
		return 0;
	if (dot - file <= SOURCE_SIZE) {
		memcpy(user, file, (size_t)(dot - file));
		user[dot - file] = '\0';
		if (id_valid(user, SOURCE_SIZE))
			return 1;
	}
	log_seldom(LOG_WARN, folder,
	        "%s holds a .pub file whose name is no station's (at most %d of a-z, "
	        "0-9, '-' "
	        "and '_'); nobody is admitted by it",
	        folder, SOURCE_SIZE);
	return 0;
}

/* One file into the list; a bad one is named and passed over, never a reason to refuse
 * the others. */
static int agent_read(struct agent *agent, const char *folder, const char *file)
{
	char path[4096 + 256];
	struct problem why;
	if (!name_of(folder, file, agent->user))
		return 0;
	snprintf(path, sizeof path, "%s/%s", folder, file);
	if (key_read(path, agent->key_text, 0, &why) != OK) {
		log_seldom(LOG_WARN, path, "%s", why.text);
		return 0;
	}
	return zmq_z85_decode(agent->key, agent->key_text) != NULL;
}

/* A key under two names has no identity: only the first name, in order, keeps it. */
static size_t drop_twins(struct agent *agent, size_t n)
{
	size_t kept = 0;
	for (size_t i = 0; i < n; i++) {
		size_t twin = 0;
		while (twin < kept &&
		        memcmp(agent[twin].key, agent[i].key, KEY_BYTES) != 0)
			twin++;
		if (twin == kept)
			agent[kept++] = agent[i];
		else
			log_seldom(LOG_WARN, agent[i].user,
			        "%s.pub holds the key of %s; %s is not admitted: give "
			        "it a key of "
			        "its own",
			        agent[i].user, agent[twin].user, agent[i].user);
	}
	return kept;
}

/* Read the folder into `agent`; how many, or FAILED. */
static int list_read(const char *folder, struct agent *agent, size_t most)
{
	size_t n = 0;
	DIR *dir = opendir(folder);
	if (dir == NULL)
		return FAILED;
	errno = 0;
	for (struct dirent *entry; (entry = readdir(dir)) != NULL; errno = 0) {
		struct agent one;
		if (!agent_read(&one, folder, entry->d_name))
			continue;
		if (n == most) {
			log_seldom(LOG_WARN, "most agents",
			        "%s holds more than %zu agents; %s is not admitted: "
			        "raise "
			        "most_agents",
			        folder, most, one.user);
			continue;
		}
		agent[n++] = one;
	}
	/* half a list would shut the others out */
	int error = errno;
	closedir(dir);
	errno = error;
	if (error != 0)
		return FAILED;
	qsort(agent, n, sizeof *agent, agent_order);
	return (int)drop_twins(agent, n);
}

int door_reload(struct door *door)
{
	struct agent *fresh = calloc(door->most_agents, sizeof *fresh);
	int n = fresh != NULL ? list_read(door->folder, fresh, door->most_agents)
	                      : FAILED;
	if (n < 0) {
		free(fresh);
		return FAILED;
	}
	pthread_mutex_lock(&door->lock);
	struct agent *old = door->agent;
	door->agent = fresh;
	door->n_agents = (size_t)n;
	pthread_mutex_unlock(&door->lock);
	free(old);
	return n;
}

static const struct agent *agent_of_key(const struct door *door, const uint8_t *key)
{
	for (size_t i = 0; i < door->n_agents; i++)
		if (memcmp(door->agent[i].key, key, KEY_BYTES) == 0)
			return &door->agent[i];
	return NULL;
}

/* The user's place in the list, whatever its key; NULL: none.  With the lock held. */
static const struct agent *agent_of_user(const struct door *door, const char *user)
{
	struct agent wanted = { .key_text = "" };
	snprintf(wanted.user, sizeof wanted.user, "%s", user);
	return bsearch(
	        &wanted, door->agent, door->n_agents, sizeof *door->agent, agent_order);
}

bool door_lists(struct door *door, const char *user)
{
	pthread_mutex_lock(&door->lock);
	bool listed = agent_of_user(door, user) != NULL;
	pthread_mutex_unlock(&door->lock);
	return listed;
}

bool door_admits(const struct door *door, const char *user, const char *key_text)
{
	const struct agent *found = agent_of_user(door, user);
	return found != NULL && strcmp(found->key_text, key_text) == 0;
}

bool door_lists_key(const struct door *door, const char *key_text)
{
	for (size_t i = 0; i < door->n_agents; i++)
		if (strcmp(door->agent[i].key_text, key_text) == 0)
			return true;
	return false;
}

/* ---- the answerer ---- */

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

void door_answer(struct door *door)
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
		found = agent_of_key(door, (const uint8_t *)question.part[PART_KEY]);
	if (found != NULL)
		copy = *found;
	else
		note_refused(door, &question);
	pthread_mutex_unlock(&door->lock);
	answer(door->answers, &question, found != NULL ? &copy : NULL);
}
