/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "base/guests.h"

#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

#include "base/bytes.h"

uint64_t guests_origin(const struct sockaddr_storage *address)
{
	static const uint8_t mapped[12] = { [10] = 0xff, [11] = 0xff };
	if (address->ss_family == AF_INET) {
		const struct sockaddr_in *v4 = (const void *)address;
		return ntohl(v4->sin_addr.s_addr);
	}
	if (address->ss_family != AF_INET6)
		return 0;
	const uint8_t *bytes =
	        ((const struct sockaddr_in6 *)(const void *)address)->sin6_addr.s6_addr;
	if (memcmp(bytes, mapped, sizeof mapped) == 0)
		return get_be32(bytes + 12);
	/* none of them is an IPv4 address: those begin with 32 zeros */
	return get_be64(bytes) | UINT64_C(1) << 63;
}

void guests_free(struct guests *guests)
{
	free(guests->guest);
	*guests = (struct guests){ .room = 0 };
}

struct guest *guests_of(const struct guests *guests, int fd)
{
	if (fd < 0 || (size_t)fd >= guests->room || !guests->guest[fd].here)
		return NULL;
	return &guests->guest[fd];
}

/* Room for that descriptor; OK or FAILED. */
static int make_room(struct guests *guests, int fd)
{
	size_t room = guests->room > 0 ? guests->room : 64;
	while (room <= (size_t)fd)
		room *= 2;
	if (room == guests->room)
		return OK;
	struct guest *more = realloc(guests->guest, room * sizeof *more);
	if (more == NULL)
		return FAILED;
	memset(more + guests->room, 0, (room - guests->room) * sizeof *more);
	guests->guest = more;
	guests->room = room;
	return OK;
}

int guests_came(
        struct guests *guests, int fd, uint64_t origin, size_t most, int64_t now_us)
{
	size_t n = 0;
	if (fd < 0)
		return -1;
	if (make_room(guests, fd) != OK)
		return fd; /* nobody comes in who is not known of */
	guests->guest[fd] =
	        (struct guest){ .here = true, .origin = origin, .since_us = now_us };
	for (size_t i = 0; i < guests->room; i++)
		n += guests->guest[i].here && guests->guest[i].origin == origin;
	return origin != 0 && n > most ? fd : -1;
}

void guests_went(struct guests *guests, int fd)
{
	struct guest *guest = guests_of(guests, fd);
	if (guest != NULL)
		guest->here = false;
}

int guests_heard(struct guests *guests, int fd, const char *key, int64_t now_us)
{
	struct guest *guest = guests_of(guests, fd);
	size_t n = 0;
	int oldest = fd;
	if (guest == NULL)
		return -1;
	guest->since_us = now_us;
	if (strcmp(guest->key, key) == 0)
		return -1;
	snprintf(guest->key, sizeof guest->key, "%s", key);
	for (size_t i = 0; i < guests->room; i++) {
		const struct guest *other = &guests->guest[i];
		if (!other->here || strcmp(other->key, key) != 0)
			continue;
		n++;
		if (other->since_us < guests->guest[oldest].since_us)
			oldest = (int)i;
	}
	return n > SERVER_A_KEY ? oldest : -1;
}

bool guest_is_silent(const struct guest *guest, int64_t now_us)
{
	return guest->here && now_us - guest->since_us > GUESTS_SILENT_US;
}

#define SECOND_US INT64_C(1000000)

bool guests_floods(struct guests *guests, int fd, unsigned most, int64_t now_us)
{
	struct guest *guest = guests_of(guests, fd);
	if (guest == NULL)
		return false;
	if (now_us - guest->counted_us > SECOND_US) {
		guest->counted_us = now_us;
		guest->unanswered = 0;
	}
	return ++guest->unanswered > most;
}

void guests_acknowledged(struct guests *guests, int fd)
{
	struct guest *guest = guests_of(guests, fd);
	if (guest != NULL)
		guest->unanswered = 0;
}
