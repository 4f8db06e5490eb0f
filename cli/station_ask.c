/* SPDX-License-Identifier: GPL-3.0-or-later */
/* The questions of quantrac station add, on a terminal: few, and each with what is likely. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/instrument.h"
#include "cli/station_add.h"

/* One answer into `out`, which holds what an empty one means.  OK, or HUNG_UP: nobody answers. */
static int ask(
        const struct adding *adding, const char *question, char *out, size_t room)
{
	char line[PATH_MAX];
	if (out[0] != '\0')
		fprintf(stderr, "%s [%s]: ", question, out);
	else
		fprintf(stderr, "%s: ", question);
	fflush(stderr);
	if (tool_stop || fgets(line, sizeof line, stdin) == NULL || tool_stop) {
		fputc('\n', stderr);
		return HUNG_UP;
	}
	char *begin = line + strspn(line, " \t");
	size_t n = strcspn(begin, "\r\n");
	while (n > 0 && isspace((unsigned char)begin[n - 1]))
		n--;
	begin[n] = '\0';
	if (n > 0)
		snprintf(out, room, "%s", begin);
	return OK;
}

/* The same until something is said. */
static int ask_needed(
        const struct adding *adding, const char *question, char *out, size_t room)
{
	int status = OK;
	while (status == OK && (status = ask(adding, question, out, room)) == OK &&
	        out[0] == '\0')
		fputs(adding->vietnamese ? "  cần có câu trả lời\n"
		                         : "  it is needed\n",
		        stderr);
	return status;
}

bool station_confirm(const struct adding *adding, const char *question, bool otherwise)
{
	char answer[16] = "", text[256];
	if (!adding->asks)
		return otherwise;
	snprintf(text, sizeof text, "%s (%s)", question,
	        adding->vietnamese ? (otherwise ? "C/k" : "c/K")
	                           : (otherwise ? "Y/n" : "y/N"));
	if (ask(adding, text, answer, sizeof answer) != OK)
		return false;
	if (answer[0] == '\0')
		return otherwise;
	return strchr("yYcC", answer[0]) != NULL;
}

/* Why an answer will not do. */
static void tell_again(const struct problem *why)
{
	fputs("  ", stderr);
	common_tell("%s", why->text);
}

/* ---- the port ---- */

/* A number of the list shown means that port. */
static void choose(struct adding *adding, size_t n_configured)
{
	char *end;
	char *word = adding->word.port;
	unsigned long number = strtoul(word, &end, 10);
	enum usb_reason reason;
	if (end == word || *end != '\0' || number == 0 ||
	        number > n_configured + adding->ports.n)
		return;
	if (number <= n_configured)
		snprintf(word, sizeof adding->word.port, "%s",
		        adding->station->port[number - 1].id);
	else
		snprintf(word, sizeof adding->word.port, "%s",
		        usb_name(&adding->ports, number - 1 - n_configured, &reason));
}

static int ask_port(struct adding *adding, struct problem *why)
{
	bool vi = adding->vietnamese;
	size_t n = adding->station != NULL ? adding->station->n_ports : 0;
	if (adding->word.port[0] != '\0')
		return station_find_port(adding, why);
	for (size_t i = 0; i < n; i++) {
		const struct station_port *port = &adding->station->port[i];
		fprintf(stderr, "  %zu  %s  %s\n", i + 1, port->id,
		        port->path[0] != '\0'  ? port->path
		        : port->tcp[0] != '\0' ? port->tcp
		                               : port->listen_on);
	}
	for (size_t i = 0; i < adding->ports.n; i++) {
		enum usb_reason reason;
		fprintf(stderr, "  %zu  %s  %s %s\n", n + i + 1,
		        usb_name(&adding->ports, i, &reason),
		        adding->ports.port[i].product, adding->ports.port[i].serial);
	}
	for (;;) {
		adding->word.port[0] = '\0';
		if (ask_needed(adding,
		            vi ? "Cổng (số trong danh sách, đường dẫn, hoặc máy:cổng)"
		               : "Port (a number above, a path, or host:port)",
		            adding->word.port, sizeof adding->word.port) != OK)
			return HUNG_UP;
		choose(adding, n);
		if (station_find_port(adding, why) == OK)
			return OK;
		tell_again(why);
	}
}

/* ---- the rest ---- */

static int ask_model(struct adding *adding, struct problem *why)
{
	bool vi = adding->vietnamese;
	if (adding->word.model[0] != '\0')
		return station_find_model(adding, why);
	for (;;) {
		adding->word.model[0] = '\0';
		if (ask_needed(adding,
		            vi ? "Kiểu thiết bị (một phần tên; `quantrac instrument "
		                 "list`)"
		               : "Model (part of its name; `quantrac instrument list`)",
		            adding->word.model, sizeof adding->word.model) != OK)
			return HUNG_UP;
		if (station_find_model(adding, why) == OK)
			break;
		tell_again(why);
	}
	fprintf(stderr, "  %s: %s %s\n", adding->profile->name, adding->profile->maker,
	        adding->profile->model);
	return OK;
}

/* The same until the answer will do; an empty one means `proposed`. */
static int ask_until(const struct adding *adding, const char *question,
        bool (*will_do)(const struct adding *adding, const char *word),
        char out[WORD_MOST])
{
	char proposed[WORD_MOST];
	int status;
	snprintf(proposed, sizeof proposed, "%s", out);
	do {
		snprintf(out, WORD_MOST, "%s", proposed);
		status = ask_needed(adding, question, out, WORD_MOST);
	} while (status == OK && !will_do(adding, out));
	return status;
}

static int ask_address(struct adding *adding)
{
	const struct profile *profile = adding->profile;
	bool modbus = profile->driver->modbus;
	if (adding->word.address[0] != '\0' ||
	        (!modbus && (profile->address == NULL || profile->address[0] == '\0')))
		return OK;
	if (modbus)
		snprintf(adding->word.address, WORD_MOST, "%d", (int)profile->slave);
	else
		snprintf(adding->word.address, WORD_MOST, "%s", profile->address);
	return ask_until(adding,
	        adding->vietnamese ? "Địa chỉ đặt trên thiết bị"
	                           : "Address set on the instrument",
	        station_is_address, adding->word.address);
}

static int ask_line(struct adding *adding)
{
	if (adding->word.line[0] != '\0' || adding->port_index != SIZE_MAX ||
	        adding->port.path[0] == '\0' || adding->port.pty)
		return OK;
	snprintf(adding->word.line, WORD_MOST, "%s", adding->profile->line);
	return ask_until(adding,
	        adding->vietnamese ? "Tốc độ, số bit, chẵn lẻ, bit dừng"
	                           : "Speed, data bits, parity, stop bits",
	        station_is_line, adding->word.line);
}

static int ask_id(struct adding *adding)
{
	if (adding->word.id[0] != '\0')
		return OK;
	station_propose_id(adding, adding->word.id);
	return ask_until(adding,
	        adding->vietnamese ? "Mã thiết bị (a-z, 0-9, -)"
	                           : "Id of the instrument (a-z, 0-9, -)",
	        station_id_is_new, adding->word.id);
}

static int ask_outlet(struct adding *adding)
{
	const struct station *station = adding->station;
	if (adding->word.outlet[0] != '\0' || station == NULL || station->n_outlets < 2)
		return OK;
	for (size_t i = 0; i < station->n_outlets; i++)
		fprintf(stderr, "  %s  %s\n", station->outlet[i].id,
		        station->outlet[i].name);
	return ask_until(adding,
	        adding->vietnamese ? "Điểm xả được giám sát" : "Outlet it watches",
	        station_is_outlet, adding->word.outlet);
}

/* ---- who and where this cabinet is, for a new file ---- */

struct who {
	const char *en, *vi, *example;
	size_t most; /* characters of its id */
	char *out;
};

/* An answer without an id gets one: made of the name, and changed by the person. */
static int give_id(const struct adding *adding, const struct who *who)
{
	char id[WORD_MOST], both[2 * WORD_MOST], proposed[WORD_MOST];
	bool vi = adding->vietnamese;
	station_id_of(who->out, who->most, proposed);
	do {
		snprintf(id, sizeof id, "%s", proposed);
		int status = ask_needed(adding,
		        vi ? "  Mã (a-z, 0-9, -)" : "  Its id (a-z, 0-9, -)", id,
		        sizeof id);
		if (status != OK)
			return status;
	} while (!station_is_id(id, who->most, vi));
	snprintf(both, sizeof both, "%s=%s", id, who->out);
	snprintf(who->out, WORD_MOST, "%s", both);
	return OK;
}

static int ask_who(const struct adding *adding, const struct who *who)
{
	char question[160];
	bool vi = adding->vietnamese;
	if (who->out[0] != '\0')
		return OK;
	snprintf(question, sizeof question,
	        vi ? "%s, tên hoặc mã=tên (ví dụ %s)" : "%s, its name or id=name (%s)",
	        vi ? who->vi : who->en, who->example);
	for (;;) {
		char id[WORD_MOST];
		who->out[0] = '\0';
		int status = ask_needed(adding, question, who->out, WORD_MOST);
		if (status != OK)
			return status;
		const char *equals = strchr(who->out, '=');
		if (equals == NULL)
			return id_valid(who->out, who->most) ? OK
			                                     : give_id(adding, who);
		snprintf(id, sizeof id, "%.*s", (int)(equals - who->out), who->out);
		if (station_is_id(id, who->most, vi))
			return OK;
	}
}

static int ask_identity(struct adding *adding)
{
	struct adding_words *word = &adding->word;
	const struct who all[] = {
		{ "Industrial zone", "Khu công nghiệp", "kcn-mau=KCN Mẫu", ID_SIZE - 1,
		        word->zone },
		{ "Facility", "Cơ sở", "co-so-a=Cơ sở A", ID_SIZE - 1, word->facility },
		{ "This station", "Trạm này", "nt-01=Nước thải 1", SOURCE_SIZE,
		        word->station },
		{ "Outlet", "Điểm xả", "cua-xa=Cửa xả", ID_SIZE - 1, word->outlet },
	};
	int status = OK;
	if (adding->station != NULL)
		return OK;
	for (size_t i = 0; status == OK && i < sizeof all / sizeof all[0]; i++)
		status = ask_who(adding, &all[i]);
	if (status != OK || word->kind[0] != '\0')
		return status;
	return ask_until(adding,
	        adding->vietnamese
	                ? "Loại điểm xả: water (nước thải), stack (khí thải), ambient "
	                  "(không khí xung quanh)"
	                : "Kind of outlet: water, stack or ambient",
	        station_is_kind, word->kind);
}

/* Where it keeps what it reads, and whether that is of a real plant. */
static int ask_place(struct adding *adding)
{
	bool vi = adding->vietnamese;
	if (adding->station != NULL)
		return OK;
	if (!adding->simulation && !adding->profile->simulation)
		adding->simulation = station_confirm(adding,
		        vi ? "Đây là mô phỏng, không đo gì thật?"
		           : "Is this a simulation, nothing real being measured?",
		        false);
	if (adding->journal_said)
		return OK;
	return ask_needed(adding,
	        vi ? "Thư mục nhật ký (nơi lưu mọi số liệu)"
	           : "Folder of the journal (all readings are kept there)",
	        adding->word.journal, sizeof adding->word.journal);
}

static int ask_all(struct adding *adding, struct problem *why)
{
	int status = ask_port(adding, why);
	if (status == OK)
		status = ask_model(adding, why);
	if (status == OK)
		status = ask_line(adding);
	if (status == OK)
		status = ask_address(adding);
	if (status == OK)
		status = ask_id(adding);
	if (status == OK)
		status = ask_outlet(adding);
	if (status == OK)
		status = ask_identity(adding);
	if (status == OK)
		status = ask_place(adding);
	return status;
}

int station_ask(struct adding *adding, struct problem *why)
{
	int status = ask_all(adding, why);
	if (status == HUNG_UP) /* `why` may still say why an answer would not do */
		problem_set(why, status, EXIT_STOPPED, "%s",
		        adding->vietnamese ? "chưa ghi gì" : "nothing was written");
	return status;
}
