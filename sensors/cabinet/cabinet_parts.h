/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What the cabinet's files share: cabinet.c (start, time, step), cabinet_inputs.c
 * (contacts), cabinet_maintainers.c (maintenance), cabinet_maintenance_days.c (how
 * much of it a day), cabinet_events.c (the machine), cabinet_sampler.c (bottles),
 * cabinet_commands.c (commands to instruments). */
#ifndef SENSORS_CABINET_PARTS_H
#define SENSORS_CABINET_PARTS_H

#include "base/purse.h"
#include "sensors/cabinet/cabinet.h"
#include "sensors/cabinet/control.h"
#include "sensors/cabinet/login.h"
#include "sensors/ports/port.h"
#include "sensors/ports/uevent.h"
#include "sensors/station/inputs.h"
#include "sensors/station/maintenance.h"
#include "sensors/station/maintenance_day.h"
#include "sensors/station/sampler.h"

#define LOOK_US   INT64_C(250000)  /* at a contact that has no edges of its own */
#define REOPEN_US INT64_C(5000000) /* a line that is not there is looked for so often */
#define DURABLE_US                                                                     \
	INT64_C(5000000) /* a bottle waits at most so long for its place on the disk */

#define LOGINS 32 /* at one time, of whom is remembered who they are */

/* A contact as the cabinet sees it. */
struct wired {
	const struct input_setting *setting;
	struct input input;
	/* the record has its first changes, and when it does not stop, one a minute
	 * with their count */
	enum input_level recorded; /* a key-switch does what the record says */
	unsigned unrecorded;       /* changes since then */
	struct moment changed;     /* when the last of these began */
	struct purse purse;
	struct gpio_line gpio;
	int64_t look_us; /* when to look next, monotonic; INT64_MAX: it comes by itself */
	size_t slot;     /* in the array of poll() */
	char reason[160]; /* why it is unknown */
};

/* A serial port no instrument is on, opened for its modem lines. */
struct own_port {
	struct port *port; /* NULL: the poller's, or not wanted */
	bool open;
	int64_t next_us;
	char reason[160];
};

/* Who can hold instruments in maintenance: a key-switch, or orders for an instrument or for all. */
struct maintainer {
	struct maintenance maintenance;
	const struct wired *key; /* NULL: orders */
	size_t instrument;       /* of orders; SIZE_MAX: all */
	char *whom;              /* "cod, tss": each of them, however many */
};

enum pulse_state {
	PULSE_IDLE,
	PULSE_DURABLE, /* the bottle's number goes to the disk first */
	PULSE_RISING,  /* a coil is being written */
	PULSE_ACTIVE,
	PULSE_FALLING
};

enum commanding_state {
	COMMANDING_NOTHING,
	COMMANDING_DURABLE, /* what was ordered goes to the disk first */
	COMMANDING_WRITTEN, /* the poller has it */
};

/* The command an operator has ordered; one at a time. */
struct commanding {
	enum commanding_state state;
	size_t instrument, command;
	uint16_t number; /* of the last, Modbus TCP */
	size_t n;
	uint8_t request[COMMAND_MOST];
	int64_t until_us; /* it must be on the disk */
	uint64_t version; /* of the memory that has it */
	struct remembered_command told;
};

struct cabinet {
	const struct station *station;
	const struct cabinet_setting *setting;
	struct cabinet_hooks hooks;
	const struct contact_system *system;
	char folder[4096];
	bool started, rehearsed;

	size_t n_inputs;
	struct wired *wired;
	size_t n_ports;
	struct own_port *own; /* [n_ports] */

	size_t n_maintainers;
	struct maintainer *maintainer; /* key-switches, instruments, all */
	char *text; /* of a STATE of them, with the longest of `whom` */
	size_t text_size;
	struct maintenance_day *day; /* [instruments] */
	struct moment counted;       /* until when */
	uint8_t marked[READING_CHANNELS];

	/* what happens at the machine */
	int uevents; /* descriptor, -1 */
	size_t uevents_slot;
	struct wtmp wtmp;
	bool follows_wtmp;
	int64_t wtmp_us; /* the next look */
	int64_t absent_us; /* until when wtmp may be missing, monotonic; INT64_MIN: it is there, INT64_MAX: told */
	struct login session[LOGINS]; /* who is on which line; line "": free */
	const char *watchdog;
	int64_t minute_us; /* since when told are counted */
	size_t told, untold;

	/* the sampler */
	struct sampler sampler;
	struct gpio_line output;
	enum pulse_state pulse;
	int64_t pulse_us;         /* deadline of the state, monotonic */
	uint64_t counted_version; /* of the memory that has its number */
	char cause[160];          /* of the bottle under way */
	bool never_falls;         /* told: the output could not be made inactive */

	struct commanding commanding;

	struct control control;
	struct cabinet_note *note;
	const struct cabinet_memory *before; /* of the run before; during cabinet_new */
	struct cabinet_memory memory;        /* as put last */
	uint64_t version;                    /* as put last */
	struct cabinet_shown shown;          /* as put last */
};

/* ---- cabinet.c ---- */
void cabinet_tell(struct cabinet *cabinet, const struct moment *when,
        const struct state_event *event);
/* Hand what must be remembered to the thread that writes it. */
void cabinet_remember(struct cabinet *cabinet);
/* Descriptor of a serial port for its modem lines, -1. */
int cabinet_port(struct cabinet *cabinet, size_t port);

/* ---- cabinet_inputs.c ---- */
int wired_new(struct cabinet *cabinet);
void wired_free(struct cabinet *cabinet);
void inputs_step(
        struct cabinet *cabinet, const struct pollfd *fds, const struct moment *now);
int64_t inputs_due_us(const struct cabinet *cabinet);
void inputs_reading(struct cabinet *cabinet, size_t instrument,
        const struct moment *when, const struct reading_parts *parts);

/* ---- cabinet_maintainers.c ---- */
int maintainers_new(struct cabinet *cabinet, const struct moment *now);
void maintainers_free(struct cabinet *cabinet);
void maintainers_begin(struct cabinet *cabinet, const struct moment *now);
void maintainers_key(
        struct cabinet *cabinet, const struct wired *key, const struct moment *now);
void maintainers_step(struct cabinet *cabinet, const struct moment *now);
int64_t maintainers_due_us(const struct cabinet *cabinet);
bool maintainers_hold(const struct cabinet *cabinet, size_t instrument);
/* When the last that holds it ends, monotonic; INT64_MIN: none does. */
int64_t maintainers_until_us(const struct cabinet *cabinet, size_t instrument);
void maintainers_remember(const struct cabinet *cabinet, struct cabinet_memory *memory);
void maintainers_show(const struct cabinet *cabinet, struct cabinet_shown *shown);
bool maintainers_order(struct cabinet *cabinet, const struct order *order,
        const char *who, char answer[CONTROL_MOST], const struct moment *now);

/* ---- cabinet_maintenance_days.c ---- */
int maintenance_days_new(
        struct cabinet *cabinet, const struct moment *now); /* after maintainers_new */
/* Before anything changes who is in maintenance. */
void maintenance_days_step(struct cabinet *cabinet, const struct moment *now);
int64_t maintenance_days_due_us(const struct cabinet *cabinet);
void maintenance_days_remember(
        const struct cabinet *cabinet, struct cabinet_memory *memory);
void maintenance_days_show(const struct cabinet *cabinet, struct cabinet_shown *shown);

/* ---- cabinet_events.c ---- */
void events_open(struct cabinet *cabinet);
void events_close(struct cabinet *cabinet);
void events_begin(struct cabinet *cabinet, const struct moment *now);
void events_step(
        struct cabinet *cabinet, const struct pollfd *fds, const struct moment *now);
int64_t events_due_us(const struct cabinet *cabinet);

/* ---- cabinet_sampler.c ---- */
void bottles_open(struct cabinet *cabinet);
/* Nothing stays switched on behind us: true while that takes another moment. */
bool bottles_end(struct cabinet *cabinet, const struct moment *now);
void bottles_close(struct cabinet *cabinet);
void bottles_begin(struct cabinet *cabinet, const struct moment *now);
void bottles_reading(struct cabinet *cabinet, size_t instrument,
        const struct sampler_reading *reading);
void bottles_step(struct cabinet *cabinet, const struct moment *now);
int64_t bottles_due_us(const struct cabinet *cabinet);
void bottles_written(
        struct cabinet *cabinet, int status, const char *why, const struct moment *now);
bool bottles_order(struct cabinet *cabinet, const struct order *order, const char *who,
        char answer[CONTROL_MOST], const struct moment *now);

/* ---- cabinet_commands.c ---- */
void commands_begin(struct cabinet *cabinet, const struct moment *now);
void commands_step(struct cabinet *cabinet, const struct moment *now);
void commands_written(struct cabinet *cabinet, const struct poller_written *what,
        const struct moment *now);
/* True while one is under way. */
bool commands_end(struct cabinet *cabinet, const struct moment *now);
/* Why not, with the reason, or CONTROL_LATER. */
enum control_outcome commands_order(struct cabinet *cabinet, const struct order *order,
        const char *who, char answer[CONTROL_MOST], const struct moment *now);

#endif
