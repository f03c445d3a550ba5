#include "ticket.h"

#include "iree/base/threading/call_once.h"
#include "iree/base/threading/mutex.h"

typedef struct iree_ffi_ticket_t {
  struct iree_ffi_ticket_t* next;
  uint32_t number;
  const iree_ffi_thread_t* thread;
  void* object;
  iree_ffi_ticket_drop_fn_t drop;
} iree_ffi_ticket_t;

static iree_once_flag iree_ffi_tickets_once = IREE_ONCE_FLAG_INIT;
// Guards the following variables.
static iree_slim_mutex_t iree_ffi_tickets_mutex;
// The oldest first, since work begins about in that order.
static iree_ffi_ticket_t* iree_ffi_first_ticket;
static iree_ffi_ticket_t** iree_ffi_tickets_end = &iree_ffi_first_ticket;
static uint32_t iree_ffi_last_number;

static void iree_ffi_tickets_initialize(void) {
  iree_slim_mutex_initialize(&iree_ffi_tickets_mutex);
}

static void iree_ffi_tickets_lock(void) {
  iree_call_once(&iree_ffi_tickets_once, iree_ffi_tickets_initialize);
  iree_slim_mutex_lock(&iree_ffi_tickets_mutex);
}

static void iree_ffi_tickets_unlock(void) {
  iree_slim_mutex_unlock(&iree_ffi_tickets_mutex);
}

uint32_t iree_ffi_ticket_issue(void* object, iree_ffi_ticket_drop_fn_t drop) {
  iree_ffi_ticket_t* ticket = NULL;
  if (iree_ffi_check(iree_allocator_malloc(iree_ffi_allocator(),
                                           sizeof(*ticket), (void**)&ticket))) {
    drop(object);
    return 0;
  }
  ticket->next = NULL;
  ticket->thread = iree_ffi_this_thread_if_any();
  ticket->object = object;
  ticket->drop = drop;
  iree_ffi_tickets_lock();
  if (++iree_ffi_last_number == 0) ++iree_ffi_last_number;
  const uint32_t number = iree_ffi_last_number;
  ticket->number = number;
  *iree_ffi_tickets_end = ticket;
  iree_ffi_tickets_end = &ticket->next;
  iree_ffi_tickets_unlock();
  return number;
}

// Takes a ticket out of the list. Requires the mutex.
static iree_ffi_ticket_t* iree_ffi_ticket_unlink(iree_ffi_ticket_t** link) {
  iree_ffi_ticket_t* ticket = *link;
  *link = ticket->next;
  if (!ticket->next) iree_ffi_tickets_end = link;
  return ticket;
}

void* iree_ffi_ticket_redeem(uint32_t number) {
  iree_ffi_tickets_lock();
  iree_ffi_ticket_t** link = &iree_ffi_first_ticket;
  while (*link && (*link)->number != number) link = &(*link)->next;
  iree_ffi_ticket_t* ticket = *link ? iree_ffi_ticket_unlink(link) : NULL;
  iree_ffi_tickets_unlock();
  if (!ticket) return NULL;
  void* object = ticket->object;
  iree_allocator_free(iree_ffi_allocator(), ticket);
  return object;
}

void iree_ffi_tickets_drop(const iree_ffi_thread_t* thread) {
  iree_ffi_ticket_t* dropped = NULL;
  iree_ffi_tickets_lock();
  iree_ffi_ticket_t** link = &iree_ffi_first_ticket;
  while (*link) {
    if ((*link)->thread == thread) {
      iree_ffi_ticket_t* ticket = iree_ffi_ticket_unlink(link);
      ticket->next = dropped;
      dropped = ticket;
    } else {
      link = &(*link)->next;
    }
  }
  iree_ffi_tickets_unlock();
  while (dropped) {
    iree_ffi_ticket_t* ticket = dropped;
    dropped = ticket->next;
    ticket->drop(ticket->object);
    iree_allocator_free(iree_ffi_allocator(), ticket);
  }
}
