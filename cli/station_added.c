/* SPDX-License-Identifier: GPL-3.0-or-later */
/* What is said of an instrument that was added: where it stands, what makes sensord read it, what is
 * still to be written. */
#include <stdlib.h>
#include <string.h>

#include "cli/station_add.h"

#define INSTALLED "/etc/quantrac/quantrac.yaml"

static const char *whole_path(const struct adding *adding, char out[PATH_MAX])
{
	return realpath(adding->path, out) != NULL ? out : adding->path;
}

/* `pid` 0: no sensord runs with what the file was. */
static void tell_cure(const struct adding *adding, const char *path, long pid)
{
	bool vi = adding->vietnamese, installed = strcmp(path, INSTALLED) == 0;
	if (pid != 0)
		fprintf(stderr,
		        vi ? "quantrac-sensord (pid %ld) vẫn chạy với cấu hình cũ, "
		             "chưa "
		             "đọc thiết bị này. Khởi động lại: "
		           : "quantrac-sensord (pid %ld) still runs with the file as "
		             "it "
		             "was and does not read it. Start it again: ",
		        pid);
	else
		fputs(vi ? "Để dùng: " : "To have it read: ", stderr);
	if (installed)
		fprintf(stderr, "sudo systemctl %s quantrac-sensord\n",
		        adding->station == NULL ? "enable --now" : "restart");
	else if (pid != 0)
		fprintf(stderr, "kill %ld; quantrac-sensord --config %s\n", pid, path);
	else
		fprintf(stderr, "quantrac-sensord --config %s\n", path);
}

void station_tell_added(const struct adding *adding)
{
	char whole[PATH_MAX];
	const char *path = whole_path(adding, whole);
	bool vi = adding->vietnamese;
	fprintf(stderr,
	        vi ? "%s: đã thêm thiết bị '%s' trên cổng %s. "
	           : "%s: instrument '%s' added on port %s. ",
	        path, adding->word.id, adding->port_id);
	tell_cure(adding, path,
	        adding->station != NULL ? sensord_reads(adding->station, NULL) : 0);
	if (station_adds_currents(adding))
		fputs(vi ? "các đầu vào của nó là dòng điện: hãy ghi vào `channels` "
		           "đầu "
		           "vào nào đo gì (signal, range)\n"
		         : "its inputs are currents: write into its `channels` which "
		           "one "
		           "measures what (signal, range)\n",
		        stderr);
}
