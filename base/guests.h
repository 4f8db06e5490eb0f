/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Who has a connection at the collector's door, as far as is known: where it comes from and, from its first
 * message on, whose key it has.  Says which one has to go, so that no address, no key and nobody who says
 * nothing keeps the others out.  Opens and closes nothing.
 */
#ifndef BASE_GUESTS_H
#define BASE_GUESTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/socket.h"

/* A cabinet says HELLO as soon as it is connected, and calls anew after 30 s without an answer. */
#define GUESTS_SILENT_US (30 * INT64_C(1000000))

struct guest {
	uint64_t origin;    /* by guests_origin */
	int64_t since_us;   /* came, or was heard last */
	char key[KEY_TEXT]; /* the one it was admitted with; "": not heard yet */
	bool here;
	unsigned
	        unanswered; /* messages since `counted_us`, or the last acknowledgement */
	int64_t counted_us;
};

struct guests {
	struct guest *guest; /* [room], by descriptor */
	size_t room;
};

struct sockaddr_storage;
/* Who counts as one: an IPv4 address, an IPv6 network of 64 bits; 0: neither */
uint64_t guests_origin(const struct sockaddr_storage *address);

void guests_free(struct guests *guests);

/* Somebody came in; the descriptor of a connection that has to go, or -1: there are no more than `most` from
 * that address. */
int guests_came(
        struct guests *guests, int fd, uint64_t origin, size_t most, int64_t now_us);
void guests_went(struct guests *guests, int fd);

/* A message with an admitted key came that way; the descriptor of a connection that has to go (the one of
 * that key that was not heard for longest), or -1: there are no more than SERVER_A_KEY. */
int guests_heard(struct guests *guests, int fd, const char *key, int64_t now_us);

/* Counts a message that came that way; true: more than `most` came within a second and none was acknowledged. */
bool guests_floods(struct guests *guests, int fd, unsigned most, int64_t now_us);
void guests_acknowledged(struct guests *guests, int fd);

/* The guest of that descriptor, or NULL. */
struct guest *guests_of(const struct guests *guests, int fd);

/* Has it said nothing for GUESTS_SILENT_US? */
bool guest_is_silent(const struct guest *guest, int64_t now_us);

#endif
