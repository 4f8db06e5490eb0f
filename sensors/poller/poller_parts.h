/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the poller's files share: poller.c (start, time, step), poller_bus.c (the four
 * states), poller_answer.c (what a request came to), poller_bytes.c (what comes),
 * poller_owed.c (answers that may still come), poller_trial.c (who is in step),
 * poller_turn.c (whose turn it is), poller_heard.c (lines that are only heard),
 * poller_errand.c (what is written once), poller_open.c (closing and opening a line),
 * poller_stall.c (nobody was there), poller_reading.c (what one poll says),
 * poller_tell.c (who is up, and how often what went wrong). */
#ifndef SENSORS_POLLER_PARTS_H
#define SENSORS_POLLER_PARTS_H

#include <stdbool.h>

#include "base/purse.h"
#include "sensors/poller/poller.h"
#include "sensors/poller/poller_owed.h"
#include "sensors/poller/poller_trial.h"
#include "sensors/tables/framer.h"
#include "sensors/tables/settings.h"
#include "sensors/tables/values.h"

#define STRIKES 3 /* polls without an answer before it is told */

/* A dead slave is asked, a dead port opened, once a minute; first it waits so long. */
#define BACK_OFF_MOST  INT64_C(60000000)
#define BACK_OFF_LEAST INT64_C(1000000)
#define CONNECT_MOST   INT64_C(10000000) /* a longer one is given up */
#define BUSY_WAIT      INT64_C(500000)   /* before one that is busy is asked again */

/* One that does not answer waits a period, at most this, for a moment that delays
 * nobody; others go before one that is dead at most so long. */
#define HELD_POLITELY INT64_C(10000000)
#define HELD_MOST     INT64_C(600000000)

#define MODEST_REQUEST 16    /* bytes of a usual request, to reckon what one costs */
#define HEARD_ROOM     16384 /* bytes kept of one that is only heard, at least */
#define LATER_MOST     INT64_C(60000000) /* one may measure so long, or a period */

#define BUDGET     4 /* frames of the longest kind: more in one answer is babble */
#define NOISE_MOST 4 /* bytes 00 and FF that are no answer of anybody */

/* Steps are a second apart at most: after so long nobody was there.  A step so long
 * after a deadline cannot know what came before it. */
#define STALL_US  INT64_C(2000000)
#define UNSEEN_US INT64_C(50000)

/* Between looks at what has no descriptor, or no end; bytes read of one line in that
 * time (115200 baud give 600); such times in a row, and a connection is closed. */
#define LOOK_US    INT64_C(50000)
#define READ_MOST  8192
#define FLOOD_MOST 8

/* Silence before a request: 3.5 characters, at least this; after bytes nobody waits
 * for, since adapters give them out in clumps, 16 ms apart. */
#define QUIET_LEAST  INT64_C(5000)
#define QUIET_CLUMPS INT64_C(20000)

enum bus_state { CLOSED, RESTING, ASKING, LISTENING, WRITING };

/* An instrument as the poller sees it; struct instrument is what its driver knows of
 * it, struct line the speed of a port, so that these two and their port are called
 * device and bus here. */
struct device {
	size_t number; /* in the station */
	const struct station_instrument *setting;
	const struct driver *driver;
	void *state; /* the driver's */
	uint8_t hash[32];
	int64_t period_us, timeout_us;
	int64_t due_us;   /* when its next poll should begin */
	int64_t next_us;  /* when its next request may go: due, or the end of a guard */
	int64_t guard_us; /* until then a late answer may still come */
	bool polling;     /* requests of one poll have begun */
	bool cut;  /* it could not be heard out: what is missing says nothing of it */
	int tries; /* of the block being asked for */
	struct owed owed;     /* what it may still answer */
	struct trials trials; /* whether it is in step */
	struct moment started, first;
	bool has_first;
	struct framer *framer; /* of one that is only heard; NULL: it is asked */
	uint8_t *heard; /* [FRAME_MOST]: since its last reading, no frame of another */
	size_t n_heard;
	struct unpaired unpaired; /* since its last reading */
	uint8_t *exchange;
	size_t exchange_room, exchange_size, n_exchanges;
	struct fresh fresh;
	struct settings *settings; /* NULL: its profile knows none */
	int misses;                /* polls in a row without an answer */
	int told;                  /* enum: what was last said of it */
	struct declined declined;  /* of this poll; kind 0: nothing was refused */
	uint16_t declined_block;   /* and which block that was */
	int told_code;             /* of the refusal that was told */
	int told_why;              /* of one that is down, enum */
	int other_why;             /* polls in a row in which that was another */
	struct poller_blame blame; /* of this poll */
	uint8_t *loop; /* [n_channels] last told of a current loop; NULL: it has none */
	struct purse purse, settings_purse, loop_purse;
	unsigned settings_untold; /* changes */
	int64_t line_us;          /* of the line that this poll has taken */
	int64_t took_us;          /* and what a good one takes; 0: not known yet */
	uint64_t late_before;     /* late answers, when it was last heard in time */
	uint64_t late_seen;       /* and at its last poll */
	int64_t held_us;          /* since when others went before it; 0: they do not */
	int64_t held_said_us;     /* of a reading that said so */
	struct poller_counts counts;
	struct poller_counts logged; /* when failures were last told */
	int64_t logged_us;
};

enum { TOLD_NOTHING, TOLD_UP, TOLD_DOWN, TOLD_REFUSED };
enum { WHY_SILENT, WHY_GARBLED, WHY_FOREIGN, WHY_LATE, WHY_GATEWAY };

/* What is written once, between two polls. */
struct errand {
	bool wanted;
	int64_t until_us;  /* it must have begun */
	int64_t answer_us; /* its answer may take so long */
	struct coil coil;
	struct device *device; /* of a command; NULL: it is the coil */
	struct command_order order;
	size_t size;
	uint8_t request[COMMAND_MOST];
};

/* A port with the instruments on it. */
struct bus {
	struct port *port;
	const struct port_setting *setting;
	struct device **device; /* device[n] */
	size_t n;
	bool heard;  /* nobody is asked here */
	bool opened; /* at least once before */
	enum bus_state state;
	bool opening; /* a connection is being made */
	bool stale;   /* nobody was there: what waits came at a moment nobody knows */
	struct moment away; /* since when */
	bool answered;      /* something, since it was opened */
	bool fruitless;     /* it went away, and had answered nothing */
	bool missing;       /* and then there was no such device */
	int64_t next_us;    /* CLOSED: when to open again */
	int64_t back_off_us;
	int64_t deadline_us; /* LISTENING, and while opening */
	int64_t begin_by_us; /* LISTENING: an answer begins so late at most */
	int64_t quiet_us;    /* no request before */
	int64_t window_us;   /* since when READ_MOST is reckoned */
	size_t in_window;    /* bytes read since */
	int full;            /* windows in a row that took no more */
	int64_t restless_us; /* since when bytes come that nobody waits for; 0: none */
	struct device *busy; /* ASKING, LISTENING: whom */
	int64_t began_us;    /* and since when */
	uint8_t request[FRAME_MOST];
	size_t request_size, written;
	uint8_t came[FRAME_MOST]; /* since the request: the record of a garbled one */
	size_t n_came, n_heard;   /* n_heard: all of them, beyond the room too */
	bool hears_itself;        /* what is sent comes back */
	bool echoed;              /* so it was with the request under way */
	int unechoed; /* answers in a row to requests that did not come back */
	uint8_t maybe[FRAME_MOST]; /* to be proved by its trial; none: maybe_size 0 */
	size_t maybe_size;
	struct moment maybe_first;
	size_t passed; /* answers since the request that may be to others before it */
	uint64_t noise_before;
	struct framer framer;
	int told;
	char reason[320]; /* last told */
	struct purse purse;
	size_t slot; /* in the array of poll() */
	/* WRITING: an errand, between two polls */
	struct errand coil, command;
	struct errand *errand; /* the one under way */
	uint16_t coil_number;
	size_t looked; /* of what came */
	int echoes_due;
};

struct poller {
	const struct station *station;
	struct poller_hooks hooks;
	size_t n_buses, n_devices;
	struct bus *bus;
	struct device *device;
	struct device **order; /* backs bus->device */
	uint8_t *owed_room;    /* backs device->owed.state */
	struct decoded decoded;
	bool started;
	struct moment stepped; /* the last time */
};

/* Answers carry the number of their request. */
static inline bool is_numbered(const struct device *device)
{
	return device->driver->numbered != NULL &&
	       device->driver->numbered(device->state);
}

/* ---- poller_bus.c ---- */
void bus_step(struct poller *poller, struct bus *bus, short revents,
        const struct moment *now);
int64_t bus_next_us(const struct bus *bus); /* when it wants to be stepped */
void bus_answered(struct poller *poller, struct bus *bus, const struct moment *now);
/* The line has gone: CLOSED. */
void bus_gone(struct poller *poller, struct bus *bus, const struct moment *now);
/* Send its next request. */
void bus_ask(struct bus *bus, struct device *device, const struct moment *now);

/* ---- poller_answer.c ---- */
/* How long an instrument is given that needs time, at most. */
int64_t patience_us(const struct device *device, int64_t most_us);
/* One frame; true while the same answer is still waited for. */
bool bus_frame(struct poller *poller, struct bus *bus, const struct moment *now);
/* What it was asked may still be answered: it is left alone for a while. */
void bus_unanswered(struct bus *bus, struct device *device, const struct moment *now);
/* The deadline has passed: silence, or something that is no answer. */
void bus_missed(struct poller *poller, struct bus *bus, const struct moment *now);
void bus_listen(struct poller *poller, struct bus *bus, const struct moment *now);

/* ---- poller_bytes.c ---- */
/* n bytes have come. */
void bus_bytes(struct bus *bus, const uint8_t *in, size_t n, const struct moment *now);
/* Whether more may be read now; who sends without end is read a piece at a time. */
bool bus_may_read(struct bus *bus, const struct moment *now);
/* Then: the next piece; 0: all is read. */
int64_t bus_read_us(const struct bus *bus);
/* A connection that gives more than that for long: closed, and opened again. */
bool bus_flooded(struct poller *poller, struct bus *bus, const struct moment *now);
/* Microseconds that the longest answer to what was asked is on the line. */
int64_t bus_answer_us(const struct bus *bus, const struct device *device);
/* All that came since the request: nothing, or a few bytes 00 and FF. */
bool bus_only_noise(const struct bus *bus);
void bus_trim_echo(struct bus *bus);
/* The request under way has come back; or it has its answer. */
void bus_echoed(struct bus *bus);
void bus_unechoed(struct bus *bus);
void bus_leftover(struct bus *bus, struct device *device);
/* Count a request that got no answer; true: nothing came. */
bool bus_count_missed(struct bus *bus, struct device *device);
/* Whether what came is an answer, damaged on its way. */
bool bus_damaged(const struct bus *bus, const struct device *device);
/* Frames that nobody waits for, out of what has come. */
void bus_hear_late(struct bus *bus, const struct moment *now);
/* An answer that has begun in time may end a whole answer later. */
void bus_extend(struct bus *bus);
/* More than several answers have come: somebody babbles. */
bool bus_babbles(const struct bus *bus);
/* Somebody is due, and bytes come all the time. */
void bus_loud(struct poller *poller, struct bus *bus, const struct moment *now);

/* ---- poller_turn.c ---- */
/* The instrument that has waited longest. */
struct device *next_device(const struct bus *bus);
/* The one to ask now, or NULL: nobody is due.  One that does not answer is asked while
 * nobody else is due before its time is up, or when it has waited long enough. */
struct device *device_turn(
        struct poller *poller, struct bus *bus, const struct moment *now);
int64_t timeout_of(const struct device *device);
/* Those that are due and must not be asked yet: a reading each that says so. */
void bus_hush(struct poller *poller, struct bus *bus, const struct moment *now);
/* One that was dead answers again: so may others of the line. */
void bus_wake(struct bus *bus, int64_t now_us);

/* ---- poller_heard.c ---- */
void bus_hear(struct poller *poller, struct bus *bus, short revents,
        const struct moment *now);
int64_t heard_deadline_us(const struct device *device);
/* What the driver owes for the frame it decoded. */
void bus_thanks(struct bus *bus, struct device *device);

/* ---- poller_errand.c ---- */
bool errand_wanted(const struct bus *bus);
/* When one may begin, INT64_MAX: none, or not yet; and when one must have begun. */
int64_t errand_due_us(const struct bus *bus);
int64_t errand_until_us(const struct bus *bus);
/* Begin one that may: WRITING. */
bool errand_begin(struct poller *poller, struct bus *bus, const struct moment *now);
void errand_step(struct poller *poller, struct bus *bus, bool readable,
        const struct moment *now);
/* The line goes: what was wanted is told as what is known of it. */
void errand_cut(struct poller *poller, struct bus *bus, const struct moment *now);
/* What could not begin in time is told. */
void errand_late(struct poller *poller, struct bus *bus, const struct moment *now);

/* ---- poller_open.c ---- */
int64_t bus_us(const struct bus *bus, size_t characters); /* on the line; TCP: 0 */
int64_t bus_gap_us(const struct bus *bus); /* silence between two frames */
/* Nobody is asked before. */
void bus_hold(struct bus *bus, int64_t until_us);
void bus_rest(struct bus *bus);
void bus_down(struct poller *poller, struct bus *bus, const char *why,
        const struct moment *now);
void bus_opening(struct poller *poller, struct bus *bus, const struct moment *now);
void bus_closed(struct poller *poller, struct bus *bus, const struct moment *now);

/* ---- poller_reading.c ---- */
void device_begin(struct device *device, const struct moment *now);
/* A poll that was due and in which it was not asked: silent, which says nothing of
 * it. */
void device_pass(
        struct poller *poller, struct device *device, const struct moment *now);
/* How long after a poll the next is due. */
int64_t device_wait(const struct device *device);
bool device_exchange(struct device *device, uint16_t block, const uint8_t *bytes,
        size_t n, const struct moment *first);
/* The same of bytes that are no answer: for whoever looks for the fault, but never so that
 * they could be taken for one when the reading is decoded. */
void device_leftover(
        struct device *device, uint16_t block, const uint8_t *bytes, size_t n);
void device_publish(
        struct poller *poller, struct device *device, const struct moment *now);
void device_declined(
        struct device *device, uint16_t block, const struct declined *declined);

/* ---- poller_stall.c ---- */
/* Nobody was there since poller->stepped. */
void poller_stalled(struct poller *poller, const struct moment *now);
/* Of a message that came meanwhile, better than the moment at which it was read. */
void stall_moment(
        const struct bus *bus, const struct decoded *decoded, struct moment *when);
/* Its poll ends with what it has: that the rest is missing says nothing of the
 * instrument. */
void device_cut(struct poller *poller, struct device *device, const struct moment *now);

/* ---- poller_loop.c ---- */
bool loops_any(const struct station_instrument *setting);
/* The currents of a poll: told when they begin or cease to say that something is broken. */
void device_loops(struct poller *poller, struct device *device,
        const struct exchanges *exchanges);

/* ---- poller_tell.c ---- */
/* The poll that was just published says something of the instrument: told when it
 * changed. */
void device_health(
        struct poller *poller, struct device *device, const struct moment *now);
/* What came is no answer: the driver may know what is wrong with it. */
void device_blame(struct device *device, const uint8_t *in, size_t n);
/* Settings of the instrument in poller->decoded: what has not changed is left out, a
 * change told. */
void device_settings(struct poller *poller, struct device *device);
/* What went wrong since a minute ago, in one line, if anything did. */
void device_failures(struct device *device, const struct moment *now);
void bus_told(struct poller *poller, struct bus *bus, bool up, const char *text,
        const struct moment *now);

#endif
