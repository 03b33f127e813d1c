#ifndef OFFHOOK_ENDPOINT_OWNERS_HPP
#define OFFHOOK_ENDPOINT_OWNERS_HPP

#include <cstddef>
#include <utility>
#include <vector>

namespace offhook {

/// To whom a transaction belongs: a table beside the slab that the transactions live in, by the
/// same indices. A stale id finds nothing.
template <class Id, class Owner>
class Owners {
public:
    /// In place of a transaction that had that index before.
    void set(Id id, Owner owner) { entry_at(id) = Entry{id, owner}; }
    /// Beside a transaction that had that index before: it has ended, but until erase() its owner
    /// has yet to be told. Many end by one input, and what is done about the first one of them may
    /// take the place of another.
    void add(Id id, Owner owner) {
        const Entry before = std::exchange(entry_at(id), Entry{id, owner});
        if (before.id) displaced_.push_back(before);
    }
    /// Null for a stale id.
    const Owner* find(Id id) const {
        if (id && id.index < entries_.size() && entries_[id.index].id == id)
            return &entries_[id.index].owner;
        const std::size_t at = displaced(id);
        return at < displaced_.size() ? &displaced_[at].owner : nullptr;
    }
    /// Does nothing for a stale id.
    void erase(Id id) {
        if (!id || id.index >= entries_.size()) return;
        if (entries_[id.index].id == id) {
            entries_[id.index] = {};
        } else if (const std::size_t at = displaced(id); at < displaced_.size()) {
            std::swap(displaced_[at], displaced_.back());
            displaced_.pop_back();
        }
    }

private:
    struct Entry {
        Id id = {};
        Owner owner = {};
    };
    /// The last one is usually the first to be told. Their number where it is not among them.
    std::size_t displaced(Id id) const {
        for (std::size_t at = displaced_.size(); id && at-- != 0;)
            if (displaced_[at].id == id) return at;
        return displaced_.size();
    }
    Entry& entry_at(Id id) {
        if (id.index >= entries_.size()) entries_.resize(std::size_t{id.index} + 1);
        return entries_[id.index];
    }

    std::vector<Entry> entries_;
    std::vector<Entry> displaced_; ///< until the input that ended them has been dealt with
};

} // namespace offhook

#endif
