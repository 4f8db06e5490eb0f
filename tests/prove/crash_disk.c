/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/prove/crash_disk_parts.h"

#include <dirent.h>
#include <err.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/folder.h"
#include "tests/kits/check.h"

#define READ_MAX (1u << 30)

static void *grown(void *old, size_t n, size_t *room, size_t size)
{
	if (n < *room)
		return old;
	*room = *room > 0 ? 2 * *room : 64;
	void *more = realloc(old, *room * size);
	if (more == NULL)
		err(70, "crash_disk");
	return more;
}

static const char *keep(struct crash_disk *disk, const char *text, size_t n)
{
	if ((disk->n_kept & (disk->n_kept - 1)) == 0) {
		size_t room = disk->n_kept > 0 ? 2 * disk->n_kept : 1;
		disk->kept = realloc(disk->kept, room * sizeof *disk->kept);
	}
	char *copy = disk->kept != NULL ? strndup(text, n) : NULL;
	if (copy == NULL)
		err(70, "crash_disk");
	disk->kept[disk->n_kept++] = copy;
	return copy;
}

static size_t node_new(struct crash_disk *disk, bool folder)
{
	disk->node =
	        grown(disk->node, disk->n_nodes, &disk->nodes_room, sizeof *disk->node);
	disk->node[disk->n_nodes] = (struct node){ .folder = folder };
	return disk->n_nodes++;
}

/* ---- names ---- */

static struct name *name_find(
        const struct names *names, size_t folder, const char *text)
{
	for (size_t i = 0; i < names->n; i++)
		if (names->one[i].folder == folder &&
		        strcmp(names->one[i].text, text) == 0)
			return &names->one[i];
	return NULL;
}

void name_set(struct names *names, const struct name *name)
{
	struct name *old = name_find(names, name->folder, name->text);
	if (old != NULL) {
		old->node = name->node;
		return;
	}
	names->one = grown(names->one, names->n, &names->room, sizeof *names->one);
	names->one[names->n++] = *name;
}

static void name_drop(struct names *names, const struct name *name)
{
	struct name *old = name_find(names, name->folder, name->text);
	if (old != NULL && (name->node == NOTHING || old->node == name->node))
		*old = names->one[--names->n];
}

void call_apply(struct names *names, const struct call *call)
{
	switch (call->entry.type) {
	case CRASH_RENAME:
		name_drop(names, &call->from);
		name_set(names, &call->name);
		break;
	case CRASH_UNLINK:
		name_drop(names, &call->name);
		break;
	default:
		name_set(names, &call->name);
	}
}

/* The place of a path: its folder and last name; `node` is what is there now. */
static struct name place_of(struct crash_disk *disk, const char *path, size_t n)
{
	struct name place = { .folder = NOTHING, .node = 0, .text = "" };
	const char *at = path, *end = path + n;
	while (at < end) {
		const char *slash = memchr(at, '/', (size_t)(end - at));
		size_t length = (size_t)((slash != NULL ? slash : end) - at);
		if (length > 0) {
			place.folder = place.node;
			place.text = keep(disk, at, length);
			const struct name *found =
			        name_find(&disk->now, place.folder, place.text);
			place.node = found != NULL ? found->node : NOTHING;
		}
		at += length + 1;
	}
	return place;
}

/* ---- what was there before ---- */

/* The node of what is there: a file may have two names. */
static size_t node_before(struct crash_disk *disk, const struct stat *st)
{
	for (size_t i = 0; i < disk->n_nodes && st->st_nlink > 1; i++)
		if (!disk->node[i].folder && disk->node[i].inode == st->st_ino)
			return i;
	size_t node = node_new(disk, S_ISDIR(st->st_mode));
	disk->node[node].inode = st->st_ino;
	return node;
}

static void read_before(struct crash_disk *disk, size_t folder, const char *path)
{
	DIR *dir = opendir(path);
	for (struct dirent *d = dir != NULL ? readdir(dir) : NULL; d != NULL;
	        d = readdir(dir)) {
		char below[4096];
		struct stat st;
		if (strcmp(d->d_name, ".") == 0 || strcmp(d->d_name, "..") == 0)
			continue;
		snprintf(below, sizeof below, "%s/%s", path, d->d_name);
		if (lstat(below, &st) != 0)
			err(70, "%s", below);
		size_t node = node_before(disk, &st);
		struct name name = { .folder = folder,
			.node = node,
			.text = keep(disk, d->d_name, strlen(d->d_name)) };
		name_set(&disk->before, &name);
		name_set(&disk->now, &name);
		if (S_ISDIR(st.st_mode))
			read_before(disk, node, below);
		else if (disk->node[node].data == NULL &&
		         file_read(below, READ_MAX, &disk->node[node].data,
		                 &disk->node[node].n) != OK)
			err(70, "%s", below);
	}
	if (dir != NULL)
		closedir(dir);
}

/* ---- the log ---- */

bool call_is_data(const struct call *call)
{
	uint8_t type = call->entry.type;
	return type == CRASH_WRITE || type == CRASH_TRUNCATE || type == CRASH_ALLOCATE;
}

bool call_is_name(const struct call *call)
{
	uint8_t type = call->entry.type;
	return type == CRASH_RENAME || type == CRASH_LINK || type == CRASH_UNLINK ||
	       type == CRASH_MKDIR || (type == CRASH_OPEN && call->entry.at == 2);
}

static struct call *call_add(struct crash_disk *disk, const struct call *call)
{
	disk->call = grown(disk->call, disk->n, &disk->room, sizeof *disk->call);
	disk->call[disk->n] = *call;
	disk->call[disk->n].durable = NEVER;
	return &disk->call[disk->n++];
}

static void set_handle(struct crash_disk *disk, uint32_t handle, size_t node)
{
	if (handle >= disk->n_handles) {
		size_t n = handle + 1024;
		disk->handle = realloc(disk->handle, n * sizeof *disk->handle);
		if (disk->handle == NULL)
			err(70, "crash_disk");
		for (size_t i = disk->n_handles; i < n; i++)
			disk->handle[i] = NOTHING;
		disk->n_handles = n;
	}
	disk->handle[handle] = node;
}

static void take_open(struct crash_disk *disk, struct call *call)
{
	call->name = place_of(disk, call->first, call->entry.first_n);
	if (call->entry.at == 2)
		call->name.node = node_new(disk, false);
	call->node = call->name.node;
	if (call->node == NOTHING)
		errx(70, "opened what is not there: %s", call->name.text);
	set_handle(disk, call->entry.handle, call->node);
	if (call->entry.at == 1) {
		call->entry.type = CRASH_TRUNCATE;
		call->entry.at = 0;
	}
}

static void take_names(struct crash_disk *disk, struct call *call)
{
	struct name first = place_of(disk, call->first, call->entry.first_n);
	call->from = call->name = first;
	if (call->entry.type == CRASH_MKDIR)
		call->name.node = node_new(disk, true);
	if (call->entry.type == CRASH_RENAME || call->entry.type == CRASH_LINK) {
		call->name = place_of(disk, call->second, call->entry.second_n);
		call->name.node = first.node;
	}
	if (call->name.node == NOTHING || call->name.folder == NOTHING)
		errx(70, "a name that is not there: %s", first.text);
}

/* All that is durable once this sync is done. */
static void take_sync(struct crash_disk *disk, size_t node)
{
	for (size_t i = disk->n - 1; i-- > 0;) {
		struct call *call = &disk->call[i];
		if (call->durable != NEVER)
			continue;
		if ((call_is_data(call) && call->node == node) ||
		        (call_is_name(call) && call->name.folder == node))
			call->durable = disk->n - 1;
	}
}

static void take_call(struct crash_disk *disk, struct call *call)
{
	uint8_t type = call->entry.type;
	call->node = NOTHING;
	if (type == CRASH_OPEN)
		take_open(disk, call);
	else if (call_is_name(call))
		take_names(disk, call);
	else if (type != CRASH_MARK && call->entry.handle < disk->n_handles)
		call->node = disk->handle[call->entry.handle];
	call = call_add(disk, call);
	if (call_is_name(call))
		call_apply(&disk->now, call);
	if (type == CRASH_SYNC)
		take_sync(disk, call->node);
}

struct crash_disk *crash_disk_new(const char *log, const char *before)
{
	struct crash_disk *disk = calloc(1, sizeof *disk);
	size_t n = 0;
	if (disk == NULL || file_read(log, READ_MAX, &disk->text, &n) != OK)
		err(70, "%s", log);
	read_before(disk, node_new(disk, true), before);
	for (size_t at = 0; at < n;) {
		struct call call = { .node = NOTHING };
		if (n - at < sizeof call.entry)
			errx(70, "%s: cut off", log);
		memcpy(&call.entry, disk->text + at, sizeof call.entry);
		at += sizeof call.entry;
		call.first = disk->text + at;
		call.second = call.first + call.entry.first_n;
		at += call.entry.first_n + call.entry.second_n;
		if (at > n)
			errx(70, "%s: cut off", log);
		take_call(disk, &call);
	}
	return disk;
}

void crash_disk_free(struct crash_disk *disk)
{
	for (size_t i = 0; i < disk->n_nodes; i++)
		free(disk->node[i].data);
	for (size_t i = 0; i < disk->n_kept; i++)
		free(disk->kept[i]);
	free(disk->kept);
	free(disk->node);
	free(disk->before.one);
	free(disk->now.one);
	free(disk->handle);
	free(disk->call);
	free(disk->text);
	free(disk);
}

size_t crash_disk_n(const struct crash_disk *disk)
{
	return disk->n;
}

size_t crash_disk_draw(const struct crash_disk *disk, uint64_t *seed)
{
	size_t end = chance(seed) % (disk->n + 1);
	for (int tries = 0; tries < 8 && end > 0; tries++) {
		if (disk->call[end - 1].entry.type != CRASH_MARK)
			break;
		end = chance(seed) % (disk->n + 1);
	}
	return end;
}

const uint8_t *crash_disk_mark(const struct crash_disk *disk, size_t i, size_t *n)
{
	const struct call *call = &disk->call[i];
	*n = call->entry.second_n;
	return call->entry.type == CRASH_MARK ? (const uint8_t *)call->second : NULL;
}
