/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the poller's files share: poller.c (start, time, step), poller_bus.c (the four states),
 * poller_answer.c (what a request came to), poller_bytes.c (what comes), poller_owed.c (answers that
 * may still come), poller_trial.c (who is in step), poller_turn.c (whose turn it is), poller_heard.c (lines that are only heard),
 * poller_errand.c (what is written once), poller_open.c (closing and opening a line),
 * poller_stall.c (nobody was there), poller_reading.c (what one poll says), poller_tell.c (who is up, and how often what went wrong). */
#ifndef SENSORS_POLLER_PARTS_H
#define SENSORS_POLLER_PARTS_H

#include <stdbool.h>

#include "sensors/poller/poller.h"
#include "sensors/tables/framer.h"
#include "sensors/tables/settings.h"
#include "sensors/tables/values.h"

#define STRIKES 3 /* polls without an answer before it is told */
#define BACK_OFF_MOST                                                                  \
	INT64_C(60000000) /* a dead slave is asked, a dead port opened, once a minute */
#define BACK_OFF_LEAST INT64_C(1000000)  /* first wait before a port is opened again */
#define CONNECT_MOST   INT64_C(10000000) /* a connection that takes longer is given up */
#define BUSY_WAIT      INT64_C(500000) /* before an instrument that is busy is asked again */
#define HELD_POLITELY                                                                  \
	INT64_C(10000000) /* one that does not answer waits a period, at most this, for a moment that delays nobody */
#define HELD_MOST                                                                      \
	INT64_C(600000000) /* others go before one that is dead at most so long */
#define MODEST_REQUEST                                                                 \
	16 /* bytes of a usual request, for the reckoning of what one costs */
#define HEARD_ROOM 16384 /* bytes kept of one reading that is only heard, at least */
#define LATER_MOST                                                                     \
	INT64_C(60000000) /* an instrument may measure so long, or a period */
#define BUDGET     4 /* frames of the longest kind: who sends more in one answer babbles */
#define NOISE_MOST 4 /* bytes 00 and FF that are no answer of anybody */
#define STALL_US                                                                       \
	INT64_C(2000000) /* between two steps, which are a second apart at most: nobody was there */
#define LOOK_US    INT64_C(50000) /* between looks at what has no descriptor, or no end */
#define READ_MOST  8192 /* bytes read of one line in that time: 115200 baud give 600 */
#define FLOOD_MOST 8    /* such times in a row, and a connection is closed */
#define UNSEEN_US                                                                      \
	INT64_C(50000) /* a step so long after a deadline cannot know what came before it */
#define QUIET_LEAST                                                                    \
	INT64_C(5000) /* silence before a request: 3.5 characters, at least this */
#define QUIET_CLUMPS                                                                   \
	INT64_C(20000) /* after bytes nobody waits for: adapters give them out in clumps, 16 ms apart */

#define OWED_US INT64_C(30000000) /* an answer may come so late, and no later */
#define OWED_LONGEST                                                                   \
	INT64_C(600000000) /* but after one that did: twice as late as that, at most this */
#define OWED_LONG_FOR INT64_C(86400000000) /* and that is believed so long */
#define OWED_MOST     16 /* requests without an answer that are kept in mind */

/* Requests whose answers may still come, the oldest first. */
struct owed {
	size_t n;
	struct owed_request {
		int64_t asked_us;
		int trial; /* its number, 0: a block was asked for */
	} request[OWED_MOST];
	uint8_t *
	        state; /* [3 + OWED_MOST][state_size]: of the driver, when it had asked */
	size_t state_size;
	int64_t more_until_us; /* one was given up: until then it may come */
	int64_t asked_us;      /* the last request */
	int64_t given_up_us;   /* the newest that is no longer waited for; 0: none */
	bool lost;             /* one was given up since an answer was in step */
	int64_t late_us,
	        late_until_us; /* one came so late, and it is believed until then */
	bool later;            /* that has just been seen: not told yet */
};

enum bus_state { CLOSED, RESTING, ASKING, LISTENING, WRITING };

/* What may be told: so many changes at once, one more a minute. */
struct purse {
	int64_t since_us;
	int spent;
};

/* An instrument as the poller sees it; struct instrument is what its driver knows of it, struct line the
 * speed of a port, so that these two and their port are called device and bus here. */
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
	bool cut;         /* its port is closed: its silence says nothing of it */
	int tries;        /* of the block being asked for */
	struct owed owed; /* what it may still answer */
	int trial;        /* the request is this trial (from 1), 0: a block's */
	int vain;         /* trials in a row that it did not answer */
	bool unproven; /* since it missed an answer no trial has shown that it is in step */
	bool shy;    /* its last trial had no answer: the block is asked for without */
	bool hushed; /* not asked until nothing is owed */
	bool unfit; /* it has refused a block as unknown: that it refuses a trial proves nothing */
	struct moment started, first;
	bool has_first;
	struct framer
	        *framer; /* of an instrument that is only heard; NULL: it is asked */
	uint8_t *
	        heard; /* [FRAME_MOST]: came since its last reading, and is no frame of another */
	size_t n_heard;
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
	struct purse purse, settings_purse;
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
	int64_t next_us;    /* CLOSED: when to open again */
	int64_t back_off_us;
	int64_t deadline_us; /* LISTENING, and while opening */
	int64_t begin_by_us; /* LISTENING: an answer begins so late at most */
	int64_t quiet_us;    /* no request before */
	int64_t window_us;   /* since when READ_MOST is reckoned */
	size_t in_window;    /* bytes read since */
	int full;            /* windows in a row that took no more */
	int64_t restless_us; /* since when bytes come that nobody waits for; 0: they do not */
	struct device *busy; /* ASKING, LISTENING: whom */
	int64_t began_us;    /* and since when */
	uint8_t request[FRAME_MOST];
	size_t request_size, written;
	uint8_t came
	        [FRAME_MOST]; /* since the request, for the record of a garbled answer */
	size_t n_came, n_heard; /* n_heard: all of them, beyond the room too */
	bool hears_itself;      /* what is sent comes back */
	bool echoed;            /* so it was with the request under way */
	int unechoed; /* answers in a row to requests that did not come back */
	uint8_t maybe
	        [FRAME_MOST]; /* an answer that its trial has to prove; none: maybe_size 0 */
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

/* ---- poller_owed.c ---- */
/* The request is out. */
void owed_add(struct device *device, const struct moment *now);
/* The last request has its answer, or will never have one. */
void owed_settle(struct device *device);
/* Whether a frame is an answer to the last request, or to one like it. */
bool owed_is_answer(const struct device *device, const uint8_t *in, size_t n);
/* Whether it may be that of a request before. */
bool owed_may_be(
        struct device *device, const uint8_t *in, size_t n, const struct moment *now);
/* Nothing is owed, and this is the answer to the last request. */
void owed_in_step(struct device *device);
/* It pays for the oldest request that it may be the answer to; false: for none. */
bool owed_pay(struct device *device, const uint8_t *in, size_t n);
/* One that was paid for came late: more may follow. */
void owed_came_late(struct device *device, const struct moment *now);
/* How late an answer may come, as far as is known. */
int64_t owed_wait_us(const struct device *device, const struct moment *now);
/* What came was damaged: whichever it answered, it was one. */
void owed_pay_oldest(struct device *device);
/* Whether anything may still come. */
bool owed_any(struct device *device, const struct moment *now);
/* The next frame out of bus->framer that is an answer to anything asked on this line. */
int owed_next(struct bus *bus, const uint8_t **frame, struct moment *first);
/* Such a frame is not for whom it was waited for: counted as late; false: it is nobody's. */
bool owed_late(struct bus *bus, const uint8_t *in, size_t n, const struct moment *now);
/* What poller_trial.c needs of it: states of the driver when the i-th request was asked, and before a
 * trial; and that the i-th is owed no more. */
uint8_t *owed_state(const struct owed *owed, size_t i);
uint8_t *owed_before_trial(const struct owed *owed);
void owed_forget(struct owed *owed, size_t i);

/* ---- poller_trial.c ---- */
/* Whether trials may tell: its driver knows some, and it has not let all of late without an answer. */
bool trial_may(const struct device *device);
/* Something of a block is about to be asked: first a trial, where it must be shown that the line is
 * in step. */
void trial_open(struct bus *bus, struct device *device);
/* Keep an answer until a trial has proved it; the trial is what the driver asks next.  False:
 * there is none. */
bool trial_close(struct bus *bus, struct device *device, const uint8_t *frame, size_t n,
        const struct moment *first);
/* Its answer is there: the block may be asked for, or bus->maybe is proved, or it is not. */
enum { TRIAL_OPENED, TRIAL_PROVED, TRIAL_FAILED };
int trial_answered(struct bus *bus, struct device *device);
/* Whether a refusal is that of a trial before the last request: it pays for it, and counts as late. */
bool trial_refused_late(struct device *device, const struct declined *declined,
        const struct moment *now);
/* Where it is not: whether it can only be that of the trial asked last, as good as its answer. */
bool trial_refused(const struct device *device, const struct declined *declined,
        const struct moment *now);
/* The answer that was kept proves nothing, and counts as late. */
void trial_failed(struct bus *bus, struct device *device);
/* The block is what the driver asks next. */
void trial_back(struct device *device);

/* ---- poller_turn.c ---- */
/* The instrument that has waited longest. */
struct device *next_device(const struct bus *bus);
/* The one to ask now, or NULL: nobody is due.  One that does not answer is asked while nobody else is
 * due before its time is up, or when it has waited long enough. */
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
/* A poll that was due and in which it was not asked: silent, which says nothing of it. */
void device_pass(
        struct poller *poller, struct device *device, const struct moment *now);
/* How long after a poll the next is due. */
int64_t device_wait(const struct device *device);
bool device_exchange(struct device *device, uint16_t block, const uint8_t *bytes,
        size_t n, const struct moment *first);
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
/* Its poll ends with what it has: that the rest is missing says nothing of the instrument. */
void device_cut(struct poller *poller, struct device *device, const struct moment *now);

/* ---- poller_tell.c ---- */
/* The poll that was just published says something of the instrument: told when it changed. */
void device_health(
        struct poller *poller, struct device *device, const struct moment *now);
/* What came is no answer: the driver may know what is wrong with it. */
void device_blame(struct device *device, const uint8_t *in, size_t n);
/* Settings of the instrument in poller->decoded: what has not changed is left out, a change told. */
void device_settings(struct poller *poller, struct device *device);
/* What went wrong since a minute ago, in one line, if anything did. */
void device_failures(struct device *device, const struct moment *now);
void bus_told(struct poller *poller, struct bus *bus, bool up, const char *text,
        const struct moment *now);

#endif
