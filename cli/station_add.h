/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * Inside quantrac station add: station_add.c (what is wanted, and the order of things),
 * station_ask.c (questions on a terminal), station_answer.c (which answers will do), station_find.c (which model, port and id are
 * meant), station_write.c (the YAML that comes of it), station_added.c (what is said then).
 */
#ifndef CLI_STATION_ADD_H
#define CLI_STATION_ADD_H

#include "cli/common.h"
#include "cli/tool.h"
#include "sensors/ports/usb.h"
#include "sensors/station/station.h"

#define WORD_MOST 256

/* What was said by options, or is answered on the terminal; "" : nothing yet. */
struct adding_words {
	char port[PATH_MAX];
	char model[WORD_MOST];
	char address[WORD_MOST]; /* --slave too */
	char id[WORD_MOST];
	char outlet[WORD_MOST]; /* "cua-xa" or "cua-xa=Cửa xả" */
	char line[WORD_MOST], mode[WORD_MOST];
	char zone[WORD_MOST], station[WORD_MOST], facility[WORD_MOST]; /* ID=NAME */
	char kind[WORD_MOST]; /* of the outlet */
	char journal[PATH_MAX];
};

struct adding {
	const struct common *common;
	bool vietnamese, asks; /* asks: there is a person at a terminal */
	bool yes, untested;
	bool simulation; /* of a new file: said, by option or answer */
	bool journal_said;
	struct adding_words word;
	char path[PATH_MAX];     /* of the configuration, links followed */
	struct station *station; /* NULL: there is no such file yet */
	struct profile *profile;
	struct usb_ports ports;
	size_t port_index; /* in the station; SIZE_MAX: a new one */
	char port_id[WORD_MOST];
	struct tool_port port;
};

/* Ask for what is still missing.  OK or problem; EXIT_STOPPED: the person went away. */
int station_ask(struct adding *adding, struct problem *why);

/* Can the answer stand in the configuration?  If not, why is said below it. */
bool station_is_id(const char *id, size_t most, bool vietnamese);
bool station_id_is_new(const struct adding *adding, const char *id);
bool station_is_address(const struct adding *adding, const char *word);
bool station_is_line(const struct adding *adding, const char *word);
bool station_is_outlet(const struct adding *adding, const char *word);
bool station_is_kind(const struct adding *adding, const char *word);

/* An id made of a name: "KCN Mẫu" is kcn-mau; "" where it has no letter. */
void station_id_of(const char *name, size_t most, char out[WORD_MOST]);

/* One question with yes or no; `otherwise` for an empty answer, and where nobody is there
 * to ask. */
bool station_confirm(const struct adding *adding, const char *question, bool otherwise);

/* Find the profile of word.model; the port of word.port among those of the configuration,
 * or what a new one is called.  OK or problem. */
int station_find_model(struct adding *adding, struct problem *why);
int station_find_port(struct adding *adding, struct problem *why);

/* An id that no instrument of the station has yet, made of the profile's first channel. */
void station_propose_id(const struct adding *adding, char out[WORD_MOST]);

/* The whole new text of the configuration; NULL: no memory.  The caller frees. */
char *station_text(const struct adding *adding, size_t *n);

/* Are its channels currents, whose meaning the station must write? */
bool station_adds_currents(const struct adding *adding);

/* It stands in the file; how it comes to be read, and what is still to be written. */
void station_tell_added(const struct adding *adding);

#endif
