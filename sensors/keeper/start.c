/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "sensors/keeper/start.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sensors/cabinet/contact.h"
#include "sensors/keeper/home.h"
#include "sensors/keeper/link.h"
#include "sensors/ports/holder.h"
#include "sensors/station/describes.h"

struct start {
	const struct station *station;
	const struct start_told *told;
	struct problem *why; /* the first that is refused */
	int status;
};

static void doubt(struct start *start, enum start_doubt kind, const char *text)
{
	if (start->told != NULL && start->told->tell != NULL)
		start->told->tell(start->told->context, kind, text);
}

static void refuse(struct start *start, int status, const struct problem *why)
{
	if (status == OK)
		return;
	doubt(start, START_REFUSED, why->text);
	if (start->status != OK)
		return;
	start->status = status;
	if (start->why != NULL)
		*start->why = *why;
}

/* Is it there, and not for this user? */
static bool denied(const char *path, int mode)
{
	return faccessat(AT_FDCWD, path, mode, AT_EACCESS) != 0 &&
	       (errno == EACCES || errno == EPERM);
}

/* ---- the journal, and the room for it ---- */

static void look_at_describes(struct start *start)
{
	struct problem why;
	struct describes describes;
	int status = describes_make(&describes, start->station, &why);
	refuse(start, status, &why);
	if (status == OK)
		describes_free(&describes);
}

static void look_at_journal(struct start *start)
{
	struct problem why;
	char folder[PATH_MAX];
	int home = home_look(start->station, &why);
	if (home == REFUSED)
		doubt(start, START_UNSEEN, why.text);
	else
		refuse(start, home, &why);
	station_path(
	        start->station, start->station->journal_folder, folder, sizeof folder);
	/* what it has set aside already cannot be counted, or there is nowhere to */
	if (denied(folder, R_OK | X_OK) || (home != OK && home != REFUSED))
		return;
	refuse(start, station_room_check(start->station, &why), &why);
}

/* ---- the link ---- */

static void look_at_keys(struct start *start)
{
	const struct station *station = start->station;
	const char *const files[] = { station->server_key, station->secret_key,
		station->public_key };
	struct problem why;
	for (size_t i = 0; station->collector[0] != '\0' && i < 3; i++) {
		char path[PATH_MAX];
		if (files[i] == NULL || files[i][0] == '\0')
			continue;
		station_path(station, files[i], path, sizeof path);
		if (!denied(path, R_OK))
			continue;
		problem_set(&why, REFUSED, EXIT_CONFIG,
		        "%.900s: this user may not read the key", path);
		doubt(start, START_UNSEEN, why.text);
		return;
	}
	refuse(start, link_keys_check(station, &why), &why);
}

/* ---- what may come later ---- */

static void look_at_port(struct start *start, const struct station_port *port)
{
	char path[PATH_MAX];
	struct problem why = { .text = "" };
	struct stat st;
	if (port->path[0] == '\0')
		return;
	station_path(start->station, port->path, path, sizeof path);
	if (stat(path, &st) != 0)
		problem_set(&why, NOT_FOUND, 0,
		        "port '%s': %.600s: %s; sensord looks for it until it is there "
		        "(`quantrac serial list` shows the ports that are)",
		        port->id, path, strerror(errno));
	else if (!S_ISCHR(st.st_mode))
		problem_set(&why, MALFORMED, 0,
		        "port '%s': %.600s is no serial port (`quantrac serial list` "
		        "shows those that are)",
		        port->id, path);
	if (why.text[0] != '\0') {
		doubt(start, START_ABSENT, why.text);
	} else if (denied(path, R_OK | W_OK)) {
		char forbidden[HOLD_FORBIDDEN];
		hold_tell_forbidden(path, forbidden);
		problem_set(&why, REFUSED, 0, "port '%s': %.600s: %s", port->id, path,
		        forbidden);
		doubt(start, START_UNSEEN, why.text);
	}
}

static void look_at_gpio(
        struct start *start, const char *what, const char *chip, int64_t line)
{
	struct problem why, told;
	int status = gpio_look(&contact_real, chip, line, &why);
	if (status == OK)
		return;
	problem_set(&told, status, 0, "%s: line %d of %.300s: %.500s", what, (int)line,
	        chip, why.text);
	doubt(start, status == REFUSED ? START_UNSEEN : START_ABSENT, told.text);
}

static void look_at_contacts(struct start *start)
{
	const struct cabinet_setting *cabinet = &start->station->cabinet;
	char what[80];
	for (size_t i = 0; i < cabinet->n_inputs; i++) {
		const struct input_setting *input = &cabinet->input[i];
		snprintf(what, sizeof what, "input '%s'", input->id);
		if (input->gpio[0] != '\0')
			look_at_gpio(start, what, input->gpio, input->gpio_line);
	}
	if (cabinet->has_sampler && cabinet->sampler.gpio[0] != '\0')
		look_at_gpio(start, "sampler", cabinet->sampler.gpio,
		        cabinet->sampler.gpio_line);
}

int start_check(const struct station *station, const struct start_told *told,
        struct problem *why)
{
	struct start start = { .station = station, .told = told, .why = why };
	look_at_describes(&start);
	look_at_journal(&start);
	look_at_keys(&start);
	for (size_t i = 0; i < station->n_ports; i++)
		look_at_port(&start, &station->port[i]);
	look_at_contacts(&start);
	return start.status;
}
