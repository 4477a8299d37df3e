// What the views are written with, in one module: so there is one Preact, and no import map.
import htm from 'htm'
import { h } from 'preact'

export { Component, Fragment, createContext, h, options, render } from 'preact'
export { useContext, useEffect, useErrorBoundary, useId, useLayoutEffect, useMemo, useRef, useState } from 'preact/hooks'
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from '@preact/signals'
export const html = htm.bind(h)
