/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "tests/crash_disk.h"

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
#include "tests/check.h"
#include "tests/crash_log.h"

#define PAGE     4096
#define NEVER    SIZE_MAX
#define NOTHING  SIZE_MAX
#define READ_MAX (1u << 30)

/* A file or a folder. */
struct node {
	bool folder;
	char *data; /* of a file that was there before */
	size_t n;
	ino_t inode; /* of that file */
};

/* A name in a folder. */
struct name {
	size_t folder, node;
	const char *text;
};

struct names {
	size_t n, room;
	struct name *one;
};

struct call {
	struct crash_entry entry;
	const char *first, *second;
	size_t node;            /* NOTHING: none */
	struct name name, from; /* what a name call sets; a rename takes `from` away */
	size_t durable;         /* the call by which this one is on the disk, NEVER */
};

struct crash_disk {
	char *text; /* the log */
	size_t n, room;
	struct call *call;
	size_t n_nodes, nodes_room;
	struct node *node;
	struct names before, now; /* now: as the calls read so far left it */
	char **kept;              /* texts owned */
	size_t n_kept;
	size_t *handle; /* node of each */
	size_t n_handles;
};

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

static void name_set(struct names *names, const struct name *name)
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

static void call_apply(struct names *names, const struct call *call)
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
		else if (disk->node[node].data == NULL && file_read(below, READ_MAX, &disk->node[node].data,
		                 &disk->node[node].n) != OK)
			err(70, "%s", below);
	}
	if (dir != NULL)
		closedir(dir);
}

/* ---- the log ---- */

static bool is_data(const struct call *call)
{
	uint8_t type = call->entry.type;
	return type == CRASH_WRITE || type == CRASH_TRUNCATE || type == CRASH_ALLOCATE;
}

static bool is_name(const struct call *call)
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
		if ((is_data(call) && call->node == node) ||
		        (is_name(call) && call->name.folder == node))
			call->durable = disk->n - 1;
	}
}

static void take_call(struct crash_disk *disk, struct call *call)
{
	uint8_t type = call->entry.type;
	call->node = NOTHING;
	if (type == CRASH_OPEN)
		take_open(disk, call);
	else if (is_name(call))
		take_names(disk, call);
	else if (type != CRASH_MARK && call->entry.handle < disk->n_handles)
		call->node = disk->handle[call->entry.handle];
	call = call_add(disk, call);
	if (is_name(call))
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

const uint8_t *crash_disk_mark(const struct crash_disk *disk, size_t i, size_t *n)
{
	const struct call *call = &disk->call[i];
	*n = call->entry.second_n;
	return call->entry.type == CRASH_MARK ? (const uint8_t *)call->second : NULL;
}

/* ---- what is left ---- */

struct state {
	const struct crash_disk *disk;
	size_t end, last; /* prefix: no call from `last` on unless it is durable */
	enum crash_model model;
	uint64_t *seed;
	struct names names;
	char **path; /* of each node laid already, for its second name */
};

static bool is_durable(const struct state *state, const struct call *call)
{
	return call->durable < state->end;
}

/* Old, new, or drawn among all it was in between. */
enum luck { OLD, NEW, BETWEEN };

static enum luck luck_draw(uint64_t *seed)
{
	uint64_t drawn = chance(seed) % 8;
	return drawn < 3 ? OLD : drawn < 6 ? NEW : BETWEEN;
}

/* A file that grows as it is written to. */
struct image {
	uint8_t *byte;
	size_t n, room;
};

static void image_size(struct image *image, size_t n)
{
	if (n > image->room) {
		size_t room = (n + PAGE - 1) / PAGE * PAGE;
		uint8_t *more = realloc(image->byte, room);
		if (more == NULL)
			err(70, "crash_disk");
		memset(more + image->room, 0, room - image->room);
		image->byte = more;
		image->room = room;
	}
	if (n < image->n)
		memset(image->byte + n, 0, image->n - n);
	image->n = n;
}

/* Bytes of a file that a call may change. */
static void image_apply(
        struct image *image, const struct call *call, size_t *from, size_t *to)
{
	size_t at = (size_t)call->entry.at, n = call->entry.second_n;
	*from = at < image->n ? at : image->n;
	*to = at > image->n ? at : image->n;
	if (call->entry.type == CRASH_TRUNCATE) {
		image_size(image, at);
	} else if (call->entry.type == CRASH_ALLOCATE) {
		if (at > image->n)
			image_size(image, at);
		*to = *from;
	} else {
		*from = at;
		*to = at + n;
		if (at + n > image->n)
			image_size(image, at + n);
		memcpy(image->byte + at, call->second, n);
	}
}

struct luck_of_page {
	enum luck luck;
	size_t versions;
};

/* Every page and the size of a file, each by itself. */
struct shuffle {
	struct image now, out;
	size_t n_pages, sizes, size;
	struct luck_of_page *page;
	enum luck size_luck;
};

static bool taken(uint64_t *seed, enum luck luck, size_t versions)
{
	return luck == NEW || (luck == BETWEEN && chance(seed) % (versions + 1) == 0);
}

static void shuffle_apply(
        struct shuffle *shuffle, const struct call *call, uint64_t *seed)
{
	size_t from, to, old = shuffle->now.n;
	image_apply(&shuffle->now, call, &from, &to);
	if (shuffle->now.n != old && taken(seed, shuffle->size_luck, ++shuffle->sizes))
		shuffle->size = shuffle->now.n;
	if (to > shuffle->out.room)
		image_size(&shuffle->out, to);
	size_t pages = (to + PAGE - 1) / PAGE;
	if (pages > shuffle->n_pages) {
		shuffle->page = realloc(shuffle->page, pages * sizeof *shuffle->page);
		if (shuffle->page == NULL)
			err(70, "crash_disk");
		for (size_t i = shuffle->n_pages; i < pages; i++)
			shuffle->page[i] =
			        (struct luck_of_page){ .luck = luck_draw(seed) };
		shuffle->n_pages = pages;
	}
	for (size_t i = from / PAGE; i < pages && from < to; i++) {
		struct luck_of_page *page = &shuffle->page[i];
		if (!taken(seed, page->luck, ++page->versions))
			continue;
		size_t at = i * PAGE;
		size_t n = shuffle->now.room > at ? shuffle->now.room - at : 0;
		n = n < PAGE ? n : PAGE;
		memcpy(shuffle->out.byte + at, shuffle->now.byte + at, n);
		memset(shuffle->out.byte + at + n, 0, PAGE - n);
	}
}

static void copy_image(struct image *to, const struct image *from)
{
	*to = (struct image){ .n = 0 };
	image_size(to, from->n);
	if (from->n > 0)
		memcpy(to->byte, from->byte, from->n);
}

static struct image file_image(const struct state *state, size_t node)
{
	const struct crash_disk *disk = state->disk;
	struct image image = { .n = 0 };
	size_t from, to, i = 0;
	image_size(&image, disk->node[node].n);
	if (image.n > 0)
		memcpy(image.byte, disk->node[node].data, image.n);
	/* a sync covers all before it: what is durable comes first */
	for (; i < state->end; i++) {
		const struct call *call = &disk->call[i];
		bool here = is_data(call) && call->node == node;
		if (here && !is_durable(state, call) &&
		        (state->model == CRASH_REORDER || i >= state->last))
			break;
		if (here)
			image_apply(&image, call, &from, &to);
	}
	if (state->model == CRASH_PREFIX)
		return image;
	struct shuffle shuffle = { .size = image.n,
		.size_luck = luck_draw(state->seed) };
	copy_image(&shuffle.now, &image);
	for (shuffle.out = image; i < state->end; i++)
		if (is_data(&disk->call[i]) && disk->call[i].node == node)
			shuffle_apply(&shuffle, &disk->call[i], state->seed);
	free(shuffle.now.byte);
	free(shuffle.page);
	/* what lies behind a smaller size is gone */
	shuffle.out.n = shuffle.out.room;
	image_size(&shuffle.out, shuffle.size);
	return shuffle.out;
}

static void lay_file(const struct state *state, size_t node, const char *path)
{
	struct image image = file_image(state, node);
	size_t used = image.n;
	while (used > 0 && image.byte[used - 1] == 0)
		used--;
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	if (fd < 0 || write(fd, image.byte, used) != (ssize_t)used ||
	        ftruncate(fd, (off_t)image.n) != 0)
		err(70, "%s", path);
	close(fd);
	free(image.byte);
}

static void lay_folder(struct state *state, size_t folder, const char *dir)
{
	if (mkdir(dir, 0777) != 0)
		err(70, "%s", dir);
	for (size_t i = 0; i < state->names.n; i++) {
		const struct name *name = &state->names.one[i];
		char path[4096];
		if (name->folder != folder)
			continue;
		snprintf(path, sizeof path, "%s/%s", dir, name->text);
		if (state->disk->node[name->node].folder) {
			lay_folder(state, name->node, path);
		} else if (state->path[name->node] != NULL) {
			if (link(state->path[name->node], path) != 0)
				err(70, "%s", path);
		} else {
			lay_file(state, name->node, path);
			state->path[name->node] = strdup(path);
		}
	}
}

void crash_disk_lay(const struct crash_disk *disk, size_t end, enum crash_model model,
        uint64_t *seed, const char *dir)
{
	struct state state = { .disk = disk,
		.end = end,
		.last = end,
		.model = model,
		.seed = seed,
		.path = calloc(disk->n_nodes, sizeof *state.path) };
	if (state.path == NULL)
		err(70, "crash_disk");
	if (model == CRASH_PREFIX) {
		/* mostly not far before the end: further back all is durable */
		size_t back = chance(seed) % 2 == 0 ? 12 : end;
		size_t least = end > back ? end - back : 0;
		state.last = least + chance(seed) % (end - least + 1);
	}
	for (size_t i = 0; i < disk->before.n; i++)
		name_set(&state.names, &disk->before.one[i]);
	for (size_t i = 0; i < end; i++) {
		const struct call *call = &disk->call[i];
		bool there = is_durable(&state, call) ||
		             (model == CRASH_PREFIX ? i < state.last
		                                    : chance(seed) % 2 == 0);
		if (is_name(call) && there)
			call_apply(&state.names, call);
	}
	lay_folder(&state, 0, dir);
	for (size_t i = 0; i < disk->n_nodes; i++)
		free(state.path[i]);
	free(state.path);
	free(state.names.one);
}
