/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The cabinet's side of the link with a journal in memory, a scripted collector and a
 * clock moved by hand. */
#ifndef TESTS_TALK_KIT_H
#define TESTS_TALK_KIT_H

#include "base/status.h"
#include "sensors/keeper/uplink.h"

#define S INT64_C(1000000)

enum { RECORDS = 2000 };

/* A journal in memory: records of 200 bytes (or one of another size). */
struct talk {
	struct uplink uplink;
	struct uplink_view view;
	uint8_t bytes[RECORD_MOST];
	uint64_t odd_seq; /* this one is as long as a record may be */
	uint64_t hole[2]; /* these cannot be read; 0: all can */
	uint8_t out[WIRE_MOST];
	size_t n;
};

/* A cabinet whose journal holds the records before `committed`. */
struct talk *talk_fresh(uint64_t committed);
enum uplink_act talk_next(struct talk *c);
/* The next message goes out and is of this type. */
struct wire talk_sends(struct talk *c, uint8_t type);
int talk_hears(struct talk *c, const struct wire *wire);
int talk_hears_plain(struct talk *c, uint8_t type, uint64_t first_seq);
int talk_hears_nak(struct talk *c, uint64_t wanted, uint64_t other, const char *reason);
void talk_hears_welcome(
        struct talk *c, uint64_t wanted, uint32_t window, uint32_t most);
/* Greeted and welcomed; all before `wanted` was acknowledged before. */
struct talk *talk_opened(uint64_t committed, uint64_t wanted, uint32_t window);

#endif
