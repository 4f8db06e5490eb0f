/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "archive/crew.h"

#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>

static struct {
	pthread_mutex_t lock;
	pthread_cond_t begun, left;
	size_t threads; /* beside the caller */
	struct hand {
		size_t number;
		pthread_t thread;
	} hand[CREW_MOST - 1];
	/* the work under way */
	void (*work)(void *with, size_t i, size_t hand);
	void *with;
	size_t n;
	atomic_size_t next; /* piece nobody has taken */
	size_t round;       /* of crew_share() */
	size_t busy;        /* threads that have joined this round and not left */
	bool open, over;
} crew = {
	.lock = PTHREAD_MUTEX_INITIALIZER,
	.begun = PTHREAD_COND_INITIALIZER,
	.left = PTHREAD_COND_INITIALIZER,
};

static void work_on(size_t hand)
{
	for (;;) {
		size_t i =
		        atomic_fetch_add_explicit(&crew.next, 1, memory_order_relaxed);
		if (i >= crew.n)
			return;
		crew.work(crew.with, i, hand);
	}
}

/* Who wakes too late finds the round closed: nobody waits for him. */
static void *hand_run(void *with)
{
	size_t number = *(const size_t *)with, seen = 0;
	pthread_mutex_lock(&crew.lock);
	while (!crew.over) {
		if (!crew.open || crew.round == seen) {
			pthread_cond_wait(&crew.begun, &crew.lock);
			continue;
		}
		seen = crew.round;
		crew.busy++;
		pthread_mutex_unlock(&crew.lock);
		work_on(number);
		pthread_mutex_lock(&crew.lock);
		if (--crew.busy == 0)
			pthread_cond_signal(&crew.left);
	}
	pthread_mutex_unlock(&crew.lock);
	return NULL;
}

size_t crew_processors(void)
{
	cpu_set_t set;
	int n = sched_getaffinity(0, sizeof set, &set) == 0 ? CPU_COUNT(&set) : 1;
	return n < CREW_MOST ? (size_t)n : CREW_MOST;
}

void crew_begin(size_t hands)
{
	crew.over = false;
	for (; crew.threads + 1 < hands && crew.threads + 1 < CREW_MOST;
	        crew.threads++) {
		struct hand *hand = &crew.hand[crew.threads];
		hand->number = crew.threads + 1;
		if (pthread_create(&hand->thread, NULL, hand_run, &hand->number) != 0)
			return;
	}
}

void crew_end(void)
{
	pthread_mutex_lock(&crew.lock);
	crew.over = true;
	pthread_cond_broadcast(&crew.begun);
	pthread_mutex_unlock(&crew.lock);
	for (; crew.threads > 0; crew.threads--)
		pthread_join(crew.hand[crew.threads - 1].thread, NULL);
}

size_t crew_hands(void)
{
	return crew.threads + 1;
}

static void share(size_t n, void (*work)(void *with, size_t i, size_t hand), void *with)
{
	pthread_mutex_lock(&crew.lock);
	crew.work = work;
	crew.with = with;
	crew.n = n;
	crew.next = 0;
	crew.round++;
	crew.open = true;
	pthread_cond_broadcast(&crew.begun);
	pthread_mutex_unlock(&crew.lock);
	work_on(0);
	pthread_mutex_lock(&crew.lock);
	crew.open = false;
	while (crew.busy > 0)
		pthread_cond_wait(&crew.left, &crew.lock);
	pthread_mutex_unlock(&crew.lock);
}

void crew_share(size_t n, void (*work)(void *with, size_t i, size_t hand), void *with)
{
	if (crew.threads > 0 && n > 1) {
		share(n, work, with);
		return;
	}
	for (size_t i = 0; i < n; i++)
		work(with, i, 0);
}
