import { onBeforeUnmount, onMounted } from 'vue'

/**
 * Draws at most once per frame, and not at all while the window is hidden: it catches up when it is shown again.
 * Returns the way to ask for a drawing.
 */
export function useFrame(draw: () => void): () => void {
  let frame = 0
  let wanted = false

  function run(): void {
    frame = 0
    wanted = false
    draw()
  }

  function ask(): void {
    wanted = true
    if (frame === 0 && !document.hidden) frame = requestAnimationFrame(run)
  }

  function onVisibility(): void {
    if (wanted) ask()
  }

  onMounted(() => document.addEventListener('visibilitychange', onVisibility))
  onBeforeUnmount(() => {
    document.removeEventListener('visibilitychange', onVisibility)
    cancelAnimationFrame(frame)
  })
  return ask
}
