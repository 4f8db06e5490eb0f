/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/link.h"

#include <assert.h>
#include <limits.h>
#include <string.h>

static int link_descriptor(void *with)
{
	return uplink_socket_descriptor(((struct link *)with)->socket);
}

static int link_send(void *with, const void *in, size_t n)
{
	return uplink_socket_send(((struct link *)with)->socket, in, n);
}

static int link_receive(void *with, void *out, size_t room)
{
	return uplink_socket_receive(((struct link *)with)->socket, out, room);
}

static int link_renew(void *with)
{
	return uplink_socket_renew(((struct link *)with)->socket);
}

struct key_file {
	const char *path;
	int secret;
	char *key;
};

static int read_key(
        const struct station *station, const struct key_file *file, struct problem *why)
{
	char path[PATH_MAX];
	station_path(station, file->path, path, sizeof path);
	return key_read(path, file->key, file->secret, why);
}

/* The public key follows from the secret one; where it is named too, the two must belong together. */
static int check_public(
        const struct station *station, const struct key_pair *own, struct problem *why)
{
	char key[KEY_TEXT];
	const struct key_file file = { station->public_key, 0, key };
	if (station->public_key[0] == '\0')
		return OK;
	int status = read_key(station, &file, why);
	if (status != OK || strcmp(key, own->public_key) == 0)
		return status;
	return problem_set(why, REFUSED, EXIT_CONFIG,
	        "%s and %s are not a pair: name the two that `quantrac keys new` made",
	        station->secret_key, station->public_key);
}

static int read_keys(
        struct link *link, const struct station *station, struct problem *why)
{
	const struct key_file files[] = {
		{ station->server_key, 0, link->server_key },
		{ station->secret_key, 1, link->own.secret_key },
	};
	if (station->collector[0] == '\0')
		return NOT_FOUND;
	for (size_t i = 0; i < sizeof files / sizeof files[0]; i++) {
		int status = read_key(station, &files[i], why);
		if (status != OK)
			return status;
	}
	int status = key_pair_complete(&link->own);
	assert(status == OK); /* key_read saw to it that it is a key */
	return check_public(station, &link->own, why);
}

int link_keys_check(const struct station *station, struct problem *why)
{
	struct link link = { .socket = NULL };
	if (station->collector[0] == '\0')
		return OK;
	int status = read_keys(&link, station, why);
	explicit_bzero(&link, sizeof link);
	return status;
}

int link_open(struct link *link, const struct station *station, struct problem *why)
{
	*link = (struct link){ .keeper = { .with = link,
		                       .name = station->collector,
		                       .descriptor = link_descriptor,
		                       .send = link_send,
		                       .receive = link_receive,
		                       .renew = link_renew } };
	int status = read_keys(link, station, why);
	if (status != OK)
		return status;
	struct uplink_options options = { .endpoint = station->collector,
		.server_key = link->server_key,
		.own = &link->own };
	return uplink_socket_open(&link->socket, &options, why);
}

void link_close(struct link *link)
{
	if (link->socket != NULL)
		uplink_socket_close(link->socket);
	link->socket = NULL;
}
