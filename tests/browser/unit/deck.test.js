// Which card is current, what moves and what does not.
import assert from 'node:assert/strict'
import { beforeEach, describe, it, mock } from 'node:test'
import { Deck } from '../../../src/ui/model/deck.js'

const approval = (id, status = 'approved') => ({ id, status })

describe('a deck of cards', () => {
  let deck, now
  beforeEach(() => {
    mock.timers.reset()
    mock.timers.enable({ apis: ['setTimeout'] })
    now = 10_000
    deck = new Deck(() => now)
    deck.deal(['a', 'b'])
  })

  it('makes the first card current, and no card that comes later', () => {
    assert.equal(deck.current.value, 'a')
    deck.deal(['c', 'a', 'b'])
    assert.deepEqual(deck.order.value, ['a', 'b', 'c'])
    assert.equal(deck.current.value, 'a')
  })

  it('takes no key for 400 ms after the current card changed', () => {
    let pressed = 0
    deck.keys.set('a', { a: () => pressed++ })
    deck.keys.set('b', { a: () => pressed++ })
    assert.equal(deck.press('a'), true)
    now += 401
    deck.press('a')
    assert.equal(pressed, 1)
    deck.step(1)
    now += 399
    deck.press('a')
    assert.equal(pressed, 1)
    now += 2
    deck.press('a')
    assert.equal(pressed, 2)
    assert.equal(deck.press('e'), false)
  })

  it('a card that comes changes nothing for the keys', () => {
    let pressed = 0
    deck.keys.set('a', { a: () => pressed++ })
    now += 401
    deck.deal(['a', 'b', 'c'])
    deck.press('a')
    assert.equal(pressed, 1)
    assert.equal(deck.isMoving.value, false)
  })

  it('what is decided stays in its place for a while, and the next card is current', () => {
    deck.settle(approval('a'), { wasFirst: true })
    deck.deal(['b'])
    assert.deepEqual(deck.order.value, ['a', 'b'])
    assert.equal(deck.current.value, 'b')
    assert.equal(deck.settled.value.get('a').wasFirst, true)
    assert.equal(deck.isMoving.value, true)
    mock.timers.tick(400)
    assert.equal(deck.isMoving.value, false)
    mock.timers.tick(5600)
    assert.deepEqual(deck.order.value, ['b'])
  })

  it('nothing goes away under a pointer', () => {
    deck.point(true)
    deck.settle(approval('a'))
    mock.timers.tick(60_000)
    assert.deepEqual(deck.order.value, ['a', 'b'])
    deck.point(false)
    assert.deepEqual(deck.order.value, ['b'])
    deck.point(true)
    deck.deal(['b', 'c'])
    deck.settle(approval('b'))
    mock.timers.tick(60_000)
    assert.deepEqual(deck.order.value, ['b', 'c'])
    deck.settle(approval('c')) // with nothing left to press, nothing can be pressed by mistake
    assert.deepEqual(deck.order.value, ['c'])
  })

  it('what may be asked again stays until it is, or is put away', () => {
    deck.settle(approval('a', 'expired'), { stays: true })
    mock.timers.tick(60_000)
    assert.deepEqual(deck.order.value, ['a', 'b'])
    deck.settle(approval('a', 'expired'))
    mock.timers.tick(6000)
    assert.deepEqual(deck.order.value, ['b'])
    deck.settle(approval('b', 'expired'), { stays: true })
    deck.point(true)
    deck.dismiss('b')
    assert.deepEqual(deck.order.value, [])
    assert.equal(deck.current.value, null)
  })

  it('steps through what is open, around its ends', () => {
    deck.deal(['a', 'b', 'c'])
    deck.settle(approval('b'))
    assert.deepEqual([deck.step(1), deck.step(1), deck.step(-1)], ['c', 'a', 'c'])
    deck.choose('b')
    assert.equal(deck.current.value, 'c')
  })

  it('is in order again when that is asked for', () => {
    deck.deal(['a', 'b', 'c'])
    deck.sort(['c', 'b'])
    assert.deepEqual(deck.order.value, ['c', 'b'])
    assert.equal(deck.current.value, 'c')
  })

  it('drops at once what is gone without a word', () => {
    deck.deal(['b'])
    assert.deepEqual(deck.order.value, ['b'])
    assert.equal(deck.isMoving.value, true)
  })
})
