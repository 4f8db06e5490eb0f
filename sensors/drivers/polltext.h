/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Driver poll-text: instruments that speak in printable lines, each request and answer written
 * down in the profile as a template (sensors/tables/pattern.h).
 *
 *     checksum: c-link
 *     blocks:
 *       - name: o3
 *         send: '{address+128}o3\r'
 *         answers: ['o3 {o3} {unit}\r', 'o3 {o3} {unit}*\nsum {check}\r']
 *     refusals:
 *       - {answer: '{asked} bad cmd\r', means: unfit}
 *     skip: ['W {_}\r\n']
 *
 * A message begins where a line begins, so that the end of a foreign one is never taken for an
 * answer: what fits no template is passed over up to its end (CR, LF or ETX).  Only where every
 * template begins with the same kind of mark (STX, '<', '$', '>', '%', ...) a message may begin in
 * the middle of noise.
 *
 * Blocks without `send` are lines an instrument speaks by itself.  The last of each is kept, and a
 * reading is whole when there is one of every block.
 */
#ifndef SENSORS_POLLTEXT_H
#define SENSORS_POLLTEXT_H

#include "sensors/tables/command.h"
#include "sensors/tables/driver.h"
#include "sensors/tables/pattern.h"

#define POLLTEXT_FRAME 1024 /* longest answer */

extern const char *const refusal_words[]; /* "refused", "busy", "unfit" */

struct polltext_patterns {
	size_t n;
	struct pattern *pattern;
};

enum { POLLTEXT_REFUSAL, POLLTEXT_SKIP };
enum { POLLTEXT_SEND, POLLTEXT_DONE, POLLTEXT_REFUSED }; /* of a command */

/* The templates of a profile, compiled: profile->own. */
struct polltext {
	bool marked; /* every message begins with a mark that stands nowhere else */
	struct polltext_patterns send[BLOCKS_MOST]; /* none or one each */
	struct polltext_patterns answer[BLOCKS_MOST];
	struct polltext_patterns other[2]; /* POLLTEXT_REFUSAL, POLLTEXT_SKIP */
	struct polltext_patterns command[COMMANDS_MOST][3]; /* POLLTEXT_SEND, ... */
	struct pattern all[];
};

/* Compile them; errors go to the checker. */
void polltext_check(struct profile_checker *check);

/* The template among these that is exactly in[0 .. n), or -1. */
int polltext_which(const struct polltext_patterns *patterns, const char *address,
        struct pattern_bytes in);

/* Length of the first that fits what begins at in.at[0], FRAME_SHORT if one may, or FRAME_NONE. */
int polltext_fit(const struct polltext_patterns *patterns, const char *address,
        struct pattern_bytes in);

/* A line that is no message of ours is passed over whole: its length, FRAME_SHORT, or FRAME_NONE: it
 * begins with no character. */
int polltext_pass_over(struct pattern_bytes in);

/* Length of the message of block b, or of another (a refusal, a line of no interest, a line that is
 * neither), that starts at in[0]; FRAME_SHORT, FRAME_NONE.  NO_BLOCK: any block. */
int polltext_frame(
        const struct instrument *instrument, size_t b, struct pattern_bytes in);

/* ---- polltext_values.c: what came ---- */

void polltext_look(const struct instrument *instrument, const struct exchange *exchange,
        struct came *out);
void polltext_sort(const struct instrument *instrument,
        const struct exchanges *exchanges, struct came_all *out);
bool polltext_fields(const struct instrument *instrument, const struct came *came,
        struct text_fields *out);
struct traffic polltext_traffic(const struct instrument *instrument, size_t i);

/* ---- polltext_command.c: commands ---- */

extern const struct section polltext_command_section;
extern const struct command_driver polltext_commands;

/* The templates of all commands are compiled into own->all from `at` on, when those of the blocks
 * are; where the next goes. */
size_t polltext_command_compile(
        struct profile_checker *check, struct polltext *own, size_t at);
size_t polltext_command_count(const struct profile *profile);

/* polltext_check.c: one template more in a set; errors at the checker's place. */
void polltext_compile(struct profile_checker *check, struct polltext_patterns *set,
        struct pattern *into, const char *text);

/* ---- polltext_say.c: the answering side ---- */

int polltext_request(const struct instrument *instrument, const uint8_t *in, size_t n);
size_t polltext_say(const struct speech *speech, const uint8_t *in, size_t n,
        uint8_t *out, size_t room);

extern const struct section polltext_section;
extern const struct driver polltext_driver;

#endif
